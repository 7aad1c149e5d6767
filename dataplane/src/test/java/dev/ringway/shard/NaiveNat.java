package dev.ringway.shard;

import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.shard.NaivePacket.End;
import dev.ringway.shard.NaivePacket.Protocol;
import dev.ringway.shard.NaivePacket.Way;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A NAT that says of every packet what must come out: maps from what packets say to flows, states by their names,
 * translated packets written from scratch. Which of the backends that are allowed a new flow gets it takes from the
 * real one, as it does a masqueraded flow's port, and holds it to that.
 */
final class NaiveNat {
    /** Who sends, and where its packets come in and go out. */
    record Client(String address, int place, boolean outside) {
        Client {
            address = new End(address, 0).address();
        }

        boolean isHost() {
            return place == Topology.HOST;
        }
    }

    /** A backend that a client had last. */
    private record Kept(NaiveService.Backend backend, int generation, int usedS) {
    }

    static final class Flow {
        final Client client;
        final Way asked;
        final NaiveService service;
        NaiveService.Backend backend;
        int generation;
        /** Whom the backend sees. */
        End seen;
        String state;
        private final int createdS;
        private int lastS;

        private Flow(Client client, Way asked, NaiveService service, int nowS) {
            this.client = client;
            this.asked = asked;
            this.service = service;
            createdS = nowS;
            state = NaiveStates.first(asked.protocol());
        }

        /** As the backend has it: that of a ping has no port. */
        End backendEnd() {
            return new End(backend.end().address(), asked.protocol() == Protocol.PING ? 0 : backend.end().port());
        }

        Way answers() {
            return new Way(asked.protocol(), backendEnd(), seen);
        }

        boolean isMasqueraded() {
            return !seen.equals(asked.from());
        }
    }

    private final List<NaiveService> services;
    private final boolean keepsClients;
    /** False: flows pass two shards, and each must guess states of what passes the other. */
    private final boolean exact;
    /** In the order of their beginnings, so that a run can be had again. */
    private final Map<Way, Flow> byClient = new LinkedHashMap<>();
    private final Map<Way, Flow> byAnswers = new HashMap<>();
    private final Map<String, Kept> affinities = new HashMap<>();
    private final Map<String, End> maglev = new HashMap<>();
    private final Set<String> met = new HashSet<>();
    private int nowS;

    NaiveNat(List<NaiveService> services, boolean keepsClients, boolean exact, int nowS) {
        this.services = services;
        this.keepsClients = keepsClients;
        this.exact = exact;
        this.nowS = nowS;
    }

    List<Flow> flows() {
        return new ArrayList<>(byClient.values());
    }

    /** What has happened, in words, so that a test can see that everything has. */
    Set<String> met() {
        return met;
    }

    void now(int seconds) {
        nowS = seconds;
        for (Flow flow : flows()) {
            if (flow.lastS + NaiveStates.timeoutS(flow.state) - nowS <= 0) {
                met.add("timed out " + flow.state);
                forget(flow);
            }
        }
    }

    private void forget(Flow flow) {
        byClient.remove(flow.asked);
        byAnswers.remove(flow.answers());
    }

    /**
     * Checks what came of a client's packet.
     *
     * @param written how a packet comes: in one or in fragments
     */
    void client(Client client, NaivePacket p, List<OracleNode.Out> out, Function<NaivePacket, List<byte[]>> written) {
        Flow flow = byClient.get(p.way());
        if (flow != null && mustMove(flow, p)) {
            met.add("moved");
            forget(flow);
            flow = null;
        }
        if (flow != null && reopens(flow, p)) {
            met.add("reopened " + flow.state);
            forget(flow);
            flow = null;
        }
        if (flow == null) {
            final NaiveService service = service(client, p);
            if (service == null || !opens(p)) {
                met.add(service == null ? "no service" : "late " + p.protocol());
                if (service != null && isDropped(client, p, service)) {
                    met.add("no local backend");
                    assertEquals(List.of(), out);
                } else if (service != null || isClusterIp(p.to())) {
                    assertRefused(client, p, out, written);
                } else {
                    // Nobody's address any more: the way of all that is for outside.
                    out.forEach(one -> assertTrue(one.place() == client.place() || one.place() == Topology.HOST));
                }
                return;
            }
            flow = new Flow(client, p.way(), service, nowS);
            if (!choose(flow, p, out, written)) {
                return;
            }
        } else if (exact && flow.state.equals("SYN_SENT") && p.kind() != SYN && p.kind() != RST) {
            met.add("invalid");
            assertEquals(List.of(), out);
            return;
        }
        final NaivePacket wanted = p.between(flow.seen, flow.backendEnd(), hops(client.place(), flow.backend.place()));
        assertOut(flow.backend.place(), written.apply(wanted), out, flow.state + " " + p);
        track(flow, p, false, written.apply(p).size());
    }

    /** Checks what came of a backend's packet. */
    void backend(Flow flow, NaivePacket p, List<OracleNode.Out> out, Function<NaivePacket, List<byte[]>> written) {
        final NaivePacket wanted =
                p.between(flow.asked.to(), flow.asked.from(), hops(flow.backend.place(), flow.client.place()));
        assertOut(flow.client.place(), written.apply(wanted), out, flow.state + " " + p);
        track(flow, p, true, written.apply(p).size());
        met.add("answered " + p.protocol() + (flow.isMasqueraded() ? " masqueraded" : ""));
    }

    /** Takes a hop where a packet is forwarded; towards and from the node's kernel that is the hop. */
    static int hops(int from, int to) {
        return from == Topology.HOST || to == Topology.HOST ? 0 : 1;
    }

    private static void assertOut(int place, List<byte[]> wanted, List<OracleNode.Out> out, String what) {
        final List<String> all = new ArrayList<>();
        wanted.forEach(packet -> all.add(place + " " + Bytes.hex(packet)));
        final List<String> came = new ArrayList<>();
        out.forEach(one -> came.add(one.place() + " " + Bytes.hex(one.packet())));
        assertEquals(String.join("\n", all), String.join("\n", came), what);
    }

    /** Nothing but an answer to the client: a reset, or port unreachable that quotes what it sent. */
    private void assertRefused(Client client, NaivePacket p, List<OracleNode.Out> out,
            Function<NaivePacket, List<byte[]>> written) {
        assertTrue(out.size() <= 1, out::toString);
        if (p.protocol() == Protocol.TCP && (p.kind() & RST) == 0) {
            assertEquals(1, out.size(), "no reset");
        }
        for (OracleNode.Out one : out) {
            final PacketView answer = new PacketView(one.packet());
            assertEquals(client.place(), one.place());
            assertNull(answer.refusal());
            if (p.protocol() == Protocol.TCP) {
                final boolean acknowledges = (p.kind() & ACK) != 0;
                assertEquals(new NaivePacket(Protocol.TCP, p.to(), p.from(), 64, 0, 0, 0, 0, true).way(),
                        new Way(Protocol.TCP, NaivePacket.sender(Protocol.TCP, one.packet()),
                                NaivePacket.receiver(Protocol.TCP, one.packet())));
                assertEquals(acknowledges ? RST : RST | ACK, answer.tcpFlags());
                assertEquals(acknowledges ? 1 : 0, answer.sequence());
                assertEquals(acknowledges ? 0 : p.sequence() + p.length() + 1, answer.i32(answer.l4() + 8));
            } else {
                final boolean six = p.from().isSix();
                assertEquals(six ? 1 << 8 | 4 : 3 << 8 | 3, answer.u16(answer.l4()));
                assertEquals(p.from().address(), NaivePacket.receiver(Protocol.PING, one.packet()).address());
                final byte[] sent = written.apply(p).getFirst();
                final String quote = Bytes.hex(one.packet()).substring(2 * (answer.l4() + 8));
                assertTrue(Bytes.hex(sent).startsWith(quote), quote);
                met.add("port unreachable");
            }
        }
    }

    /** True if there are backends, but none that the client's packet may go to. */
    private static boolean isDropped(Client client, NaivePacket p, NaiveService service) {
        return isLocal(client, p, service) && !service.serving().isEmpty()
                && service.serving().stream().noneMatch(NaiveService.Backend::local);
    }

    private static boolean isExternal(NaivePacket p, NaiveService service) {
        return p.protocol() != Protocol.PING && !p.to().equals(service.vip());
    }

    private static boolean isLocal(Client client, NaivePacket p, NaiveService service) {
        return isExternal(p, service) && service.isExternalLocal() && client.outside();
    }

    /**
     * UDP and pings go elsewhere when their backend stops serving, if it is gone or there is another; a connection that
     * is not one yet, or begins again, if it is gone.
     */
    private boolean mustMove(Flow flow, NaivePacket p) {
        if (flow.asked.protocol() == Protocol.TCP) {
            return p.kind() == SYN && !flow.service.isFixed()
                    && flow.service.state(flow.backend, flow.generation) == NaiveService.GONE;
        }
        if (flow.asked.protocol() != Protocol.UDP && flow.asked.protocol() != Protocol.PING || flow.service.isFixed()) {
            return false;
        }
        final int state = flow.service.state(flow.backend, flow.generation);
        if (state == NaiveService.SERVING) {
            return false;
        }
        final NaiveService now = flow.asked.protocol() == Protocol.PING ? ofPing(flow.asked.to()) : flow.service;
        return state == NaiveService.GONE || now != null && !now.serving().isEmpty();
    }

    private boolean reopens(Flow flow, NaivePacket p) {
        return p.protocol() == Protocol.TCP && p.kind() == SYN
                && (flow.state.equals("TIME_WAIT") || flow.state.equals("CLOSE"))
                || p.protocol() == Protocol.SCTP && p.kind() == 1
                && (flow.state.equals("SHUTDOWN") || flow.state.equals("CLOSED"));
    }

    private boolean isClusterIp(End end) {
        return services.stream().anyMatch(one -> one.vip().address().equals(end.address()));
    }

    private static boolean opens(NaivePacket p) {
        return switch (p.protocol()) {
            case TCP -> p.kind() == SYN;
            case SCTP -> p.kind() == 1;
            case UDP -> true;
            case PING -> p.kind() == NaivePacket.ASK;
        };
    }

    private NaiveService service(Client client, NaivePacket p) {
        if (p.protocol() == Protocol.PING) {
            return ofPing(p.to());
        }
        for (NaiveService one : services) {
            if (one.isPresent() && one.protocol() == p.protocol() && one.isAt(p.to(), client)) {
                return one;
            }
        }
        return null;
    }

    /** A ping has no port: the first port that has backends answers. */
    private NaiveService ofPing(End to) {
        for (Protocol protocol : Protocol.values()) {
            for (NaiveService one : services) {
                if (one.isPresent() && one.protocol() == protocol && one.vip().address().equals(to.address())
                        && !one.serving().isEmpty()) {
                    return one;
                }
            }
        }
        return null;
    }

    /** Finds out which backend the real one has chosen, and whether it may; false if there is none. */
    private boolean choose(Flow flow, NaivePacket p, List<OracleNode.Out> out,
            Function<NaivePacket, List<byte[]>> written) {
        final NaiveService service = flow.service;
        final boolean external = isExternal(p, service);
        final boolean local = isLocal(flow.client, p, service);
        final List<NaiveService.Backend> all = service.serving();
        final List<NaiveService.Backend> candidates =
                all.stream().filter(one -> !local || one.local()).toList();
        if (candidates.isEmpty()) {
            met.add(all.isEmpty() ? "no backend" : "no local backend");
            if (all.isEmpty()) {
                assertRefused(flow.client, p, out, written);
            } else {
                assertEquals(List.of(), out);
            }
            return false;
        }
        assertTrue(!out.isEmpty(), () -> "nothing came out for " + p);
        final byte[] came = out.getFirst().packet();
        final End to = NaivePacket.receiver(p.protocol(), came);
        flow.backend = candidates.stream().filter(one -> one.end().address().equals(to.address())
                && (p.protocol() == Protocol.PING || one.end().port() == to.port())).findFirst()
                .orElseThrow(() -> new AssertionError(to + " is none of " + candidates));
        flow.generation = service.generation(flow.backend);
        checkBalance(flow, candidates);
        flow.seen = NaivePacket.sender(p.protocol(), came);
        checkSeen(flow, external, local);
        byClient.put(flow.asked, flow);
        byAnswers.put(flow.answers(), flow);
        met.add((flow.asked.from().isSix() ? "6 " : "4 ") + p.protocol());
        return true;
    }

    private void checkBalance(Flow flow, List<NaiveService.Backend> candidates) {
        final NaiveService service = flow.service;
        final String who = service.name() + " " + flow.asked.from().address();
        final Kept kept = affinities.get(who);
        final boolean keeps = kept != null && candidates.contains(kept.backend)
                && service.generation(kept.backend) == kept.generation && nowS - kept.usedS < service.affinityS();
        if (keeps) {
            met.add("affinity");
            assertEquals(kept.backend, flow.backend, "affinity of " + who);
        } else if (service.isLeastFlows() && exact) {
            final long least = candidates.stream().mapToLong(one -> open(service, one)).min().orElseThrow();
            assertEquals(least, open(service, flow.backend), "open flows of " + flow.backend);
        } else if (service.isMaglev() && flow.asked.protocol() != Protocol.PING) {
            final String all = flow.asked + " " + candidates;
            final End before = maglev.putIfAbsent(all, flow.backend.end());
            met.add(before == null ? "maglev" : "maglev again");
            assertEquals(before == null ? flow.backend.end() : before, flow.backend.end(), all);
        }
        if (service.affinityS() > 0) {
            affinities.put(who, new Kept(flow.backend, flow.generation, nowS));
        }
    }

    private long open(NaiveService service, NaiveService.Backend backend) {
        return byClient.values().stream().filter(flow -> flow.service == service && flow.backend == backend
                && flow.generation == service.generation(backend)).count();
    }

    /** Who the backend sees must be the client, unless that must be hidden or has a port that is taken there. */
    private void checkSeen(Flow flow, boolean external, boolean local) {
        final Client client = flow.client;
        final boolean backendOfHost = flow.backend.place() == Topology.HOST;
        final boolean outside = external ? client.isHost() && !local : client.outside() && client.isHost();
        final boolean keeps = keepsClients && external && client.outside() && !backendOfHost;
        final boolean hairpin = flow.backend.end().address().equals(client.address());
        final boolean masquerades = client.isHost() && backendOfHost || outside && !keeps || hairpin;
        final String address = !masquerades ? client.address()
                : client.address().indexOf(':') < 0 ? Topology.service4(1) : Topology.service6(1);
        assertEquals(new End(address, 0).address(), flow.seen.address(), () -> "seen of " + flow.asked);
        final Flow other = byAnswers.get(flow.answers());
        assertNull(other, () -> "the answers are those of " + other.asked);
        if (masquerades) {
            met.add(hairpin ? "hairpin " + flow.asked.protocol() : "masqueraded " + flow.asked.protocol());
        } else {
            final Way own = new Way(flow.asked.protocol(), flow.backendEnd(), flow.asked.from());
            final boolean same = flow.seen.equals(flow.asked.from());
            assertEquals(!byAnswers.containsKey(own), same, () -> "port of " + flow.asked);
            met.add(flow.isMasqueraded() ? "other port" : "same port");
        }
    }

    private void track(Flow flow, NaivePacket p, boolean reply, int packets) {
        flow.state = NaiveStates.next(flow.state, p, reply, nowS - flow.createdS);
        flow.lastS = nowS;
        flow.service.count(reply, packets);
    }

    /**
     * What an error about a flow's packet comes to: a connection that is not one yet is refused by it; of one whose TCP
     * backend is gone for good it is the end.
     */
    boolean endsBy(Flow flow, boolean unreachable, int place) {
        if (unreachable && flow.state.equals("SYN_SENT")) {
            met.add("refused by an error");
            flow.state = "CLOSE";
            flow.lastS = nowS;
        }
        final boolean ends = unreachable && place < 0 && flow.asked.protocol() == Protocol.TCP
                && !flow.service.isFixed()
                && flow.service.state(flow.backend, flow.generation) == NaiveService.GONE;
        if (ends) {
            met.add("ended by an error");
            forget(flow);
        }
        return ends;
    }
}
