package dev.ringway.shard;

import static dev.ringway.shard.NaivePacket.ANSWER;
import static dev.ringway.shard.NaivePacket.ASK;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.gateway6;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.FIN;
import static dev.ringway.testing.PacketBuilder.PSH;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceTable;
import dev.ringway.shard.NaiveNat.Client;
import dev.ringway.shard.NaiveNat.Flow;
import dev.ringway.shard.NaivePacket.End;
import dev.ringway.shard.NaivePacket.Protocol;
import dev.ringway.testing.Packets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** One run of a node beside {@link NaiveNat}: what clients, backends, the control side and the clock do, by chance. */
final class OracleRun implements AutoCloseable {
    private static final int MOST_FLOWS = 250;
    private static final long SECOND_NS = 1_000_000_000L;
    /** Few, so that clients use one again and collide behind one backend. */
    private static final int FIRST_PORT = 4000;
    private static final int PORTS = 5;
    private static final int[] PAUSES_S = {1, 2, 5, 11, 31, 61, 121, 211, 700, 3601};
    private static final int LONGER_THAN_ANY_S = 90_000;
    private final SplittableRandom random;
    private final boolean oneShard;
    private final List<NaiveService> services;
    private final List<Client> clients;
    private final OracleNode node;
    private final NaiveNat nat;
    private int id = 1;

    OracleRun(SplittableRandom random, int shards, List<NaiveService> services, List<Client> clients,
            boolean keepsClients) {
        this.random = random;
        oneShard = shards == 1;
        this.services = services;
        this.clients = clients;
        // Now and then the clock of seconds comes round, an hour after the start.
        final long startS = random.nextBoolean() ? Integer.MAX_VALUE - 3600L : random.nextInt(1, 1_000_000);
        node = new OracleNode(shards, startS * SECOND_NS + random.nextInt(1_000_000_000), keepsClients);
        nat = new NaiveNat(services, keepsClients, oneShard, node.nowS());
        publish();
    }

    private void publish() {
        // Cluster IPs stay what they are when no Service is left there.
        ServiceTable table = ServiceTable.EMPTY;
        for (NaiveService service : services) {
            if (!service.isFixed()) {
                table = new TestService(service.vip().address(), 9).named(999, "test/none").addTo(table);
            }
        }
        for (NaiveService service : services) {
            table = service.addTo(table);
        }
        node.services(table);
    }

    /** What has happened, in words. */
    Set<String> met() {
        return nat.met();
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
        pause(LONGER_THAN_ANY_S);
    }

    private void step() {
        final int dice = random.nextInt(1000);
        final List<Flow> flows = nat.flows();
        if (dice < 25) {
            pick(services).change(random);
            publish();
        } else if (dice < 30 && oneShard) {
            pause(PAUSES_S[random.nextInt(PAUSES_S.length)]);
        } else if (dice < 31) {
            pause(LONGER_THAN_ANY_S);
        } else if (flows.isEmpty() || dice < 250 && flows.size() < MOST_FLOWS) {
            open();
        } else {
            goOn(pick(flows));
        }
    }

    private void pause(int seconds) {
        node.advance(seconds);
        nat.now(node.nowS());
        if (oneShard) {
            assertEquals(nat.flows().size(), node.flows(), "flows");
        }
        if (seconds == LONGER_THAN_ANY_S) {
            assertEquals(0, node.flows());
            assertEquals(List.of(), nat.flows());
            for (NaiveService service : services) {
                if (!service.isFixed()) {
                    assertEquals(service.packets(false), counted(service, ServiceCounters.FORWARD_PACKETS));
                    assertEquals(service.packets(true), counted(service, ServiceCounters.REPLY_PACKETS));
                }
            }
        }
        node.check();
    }

    private long counted(NaiveService service, int column) {
        return node.sum(rig -> rig.shard.serviceCounters().ofService(service.id(), column));
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A client's packet to a Service, most of the time one that begins a flow. */
    private void open() {
        final Client client = pick(clients);
        final NaiveService service = pick(services);
        final List<End> ends = service.ends(client);
        if (ends.isEmpty() || service.vip().isSix() != client.address().indexOf(':') >= 0) {
            return;
        }
        End to = pick(ends);
        Protocol protocol = service.protocol();
        int kind = protocol == Protocol.TCP ? SYN : protocol == Protocol.SCTP ? 1 : 0;
        if (!service.isFixed() && random.nextInt(6) == 0) {
            protocol = Protocol.PING;
            to = new End(service.vip().address(), 0);
            kind = ASK;
        } else if (random.nextInt(20) == 0) {
            // Of a connection that nobody knows, unless it is one.
            kind = protocol == Protocol.TCP ? ACK : 0;
        }
        final End from = new End(client.address(), FIRST_PORT + random.nextInt(PORTS));
        final NaivePacket p = NaivePacket.of(protocol, from, to, kind);
        if (oneShard || !isOpen(p)) {
            ask(client, p.with(kind == SYN ? 0 : random.nextInt(1000), id()));
        }
    }

    /** Flows that pass two shards know less of each other's ends, so their clients must end them first. */
    private boolean isOpen(NaivePacket p) {
        return nat.flows().stream().anyMatch(flow -> flow.asked.equals(p.way()));
    }

    private int id() {
        id = id + 1 & 0xFFFF;
        return id;
    }

    private void ask(Client client, NaivePacket p) {
        final boolean fragments = p.protocol() == Protocol.UDP && p.length() > 200 && random.nextInt(3) == 0;
        if (!fragments) {
            nat.client(client, p, send(client.place(), p.to(), p.bytes()), one -> List.of(one.bytes()));
            return;
        }
        final Fragments in = new Fragments(p.length());
        final List<OracleNode.Out> out = new ArrayList<>();
        in.sent(p).forEach(packet -> out.addAll(send(client.place(), p.to(), packet)));
        nat.client(client, p, out, in::received);
    }

    private void answer(Flow flow, int kind) {
        final NaivePacket p = NaivePacket.of(flow.asked.protocol(), flow.backendEnd(), flow.seen, kind)
                .with(kind == (SYN | ACK) ? 0 : random.nextInt(1000), id());
        final boolean fragments = p.protocol() == Protocol.UDP && p.length() > 200 && random.nextInt(3) == 0;
        final Fragments in = new Fragments(Math.max(200, p.length()));
        final List<OracleNode.Out> out = new ArrayList<>();
        final List<byte[]> sent = fragments ? in.sent(p) : List.of(p.bytes());
        sent.forEach(packet -> out.addAll(send(flow.backend.place(), p.to(), packet)));
        nat.backend(flow, p, out, fragments ? in::received : one -> List.of(one.bytes()));
    }

    private List<OracleNode.Out> send(int place, End to, byte[] packet) {
        return node.send(place, to, packet, random.nextInt(10) == 0);
    }

    /** How one datagram is cut, and in which order its parts come. */
    private final class Fragments {
        private final int[] sizes;
        private final List<Integer> order = new ArrayList<>();

        Fragments(int length) {
            sizes = new int[] {random.nextInt(1, length / 16) * 8, random.nextInt(1, length / 16) * 8};
            for (int i = 0; i < 3; i++) {
                order.add(random.nextInt(order.size() + 1), i);
            }
            nat.met().add("fragments " + order);
        }

        List<byte[]> sent(NaivePacket p) {
            final List<byte[]> all = p.fragments(sizes);
            return order.stream().map(all::get).toList();
        }

        /** Those that came before the first one wait for it. */
        List<byte[]> received(NaivePacket p) {
            final List<byte[]> all = p.fragments(sizes);
            final List<byte[]> received = new ArrayList<>();
            received.add(all.getFirst());
            order.stream().filter(i -> i > 0).map(all::get).forEach(received::add);
            return received;
        }
    }

    private void goOn(Flow flow) {
        if (random.nextInt(8) == 0) {
            if (random.nextBoolean()) {
                errorToClient(flow);
            } else {
                errorToBackend(flow);
            }
            return;
        }
        switch (flow.asked.protocol()) {
            case TCP -> goOnTcp(flow);
            case SCTP -> goOnSctp(flow);
            case UDP -> {
                if (random.nextBoolean()) {
                    answer(flow, 0);
                } else {
                    final NaivePacket p = again(flow, 0).with(random.nextInt(1000), id());
                    ask(flow.client, random.nextInt(4) == 0 ? p.withoutSum() : p);
                }
            }
            default -> {
                if (random.nextBoolean()) {
                    answer(flow, ANSWER);
                } else {
                    ask(flow.client, again(flow, ASK).with(random.nextInt(1000), id()));
                }
            }
        }
    }

    private static NaivePacket again(Flow flow, int kind) {
        return NaivePacket.of(flow.asked.protocol(), flow.asked.from(), flow.asked.to(), kind);
    }

    private void goOnTcp(Flow flow) {
        final int dice = random.nextInt(20);
        final NaivePacket data = again(flow, ACK | PSH).with(random.nextInt(1000), id());
        if (dice == 0) {
            final NaivePacket reset = again(flow, RST).with(0, id());
            ask(flow.client, oneShard && random.nextBoolean() ? reset.sequence(0x7000_0000) : reset);
        } else if (dice == 1 && oneShard) {
            answer(flow, RST | ACK);
        } else if (dice == 2 && (oneShard || "SYN_SENT SYN_RECV TIME_WAIT".contains(flow.state))) {
            ask(flow.client, again(flow, SYN).with(0, id()));
        } else if (flow.state.equals("SYN_SENT")) {
            if (oneShard && dice == 3) {
                ask(flow.client, data);
            } else {
                answer(flow, SYN | ACK);
            }
        } else if (flow.state.equals("SYN_RECV")) {
            ask(flow.client, data);
        } else if (dice < 6) {
            ask(flow.client, again(flow, FIN | ACK).with(0, id()));
        } else if (dice < 8) {
            answer(flow, FIN | ACK);
        } else if (dice < 14) {
            ask(flow.client, data);
        } else {
            answer(flow, ACK | PSH);
        }
    }

    private void goOnSctp(Flow flow) {
        final int dice = random.nextInt(16);
        if (dice < 2 && (oneShard || flow.state.equals("COOKIE_WAIT"))) {
            ask(flow.client, again(flow, dice == 0 ? 6 : 1).with(0, id()));
        } else if (dice < 7 && oneShard && "SHUTDOWN CLOSED".contains(flow.state)) {
            ask(flow.client, again(flow, 1).with(0, id()));
        } else if (flow.state.equals("COOKIE_WAIT")) {
            if (random.nextBoolean()) {
                answer(flow, 2);
            } else {
                ask(flow.client, again(flow, 10).with(0, id()));
            }
        } else if (flow.state.equals("COOKIE_ECHOED")) {
            answer(flow, 11);
        } else if (flow.state.equals("SHUTDOWN") && dice < 10) {
            answer(flow, 8);
        } else if (dice < 9) {
            final int[] chunks = {0, 0, 0, 7, 14};
            ask(flow.client, again(flow, chunks[random.nextInt(chunks.length)]).with(0, id()));
        } else {
            answer(flow, 3);
        }
    }

    /** A router or the backend itself complains of what the client has sent. */
    private void errorToClient(Flow flow) {
        final boolean six = flow.asked.from().isSix();
        final int place = flow.backend.place();
        final boolean router = place < 0 && random.nextBoolean();
        final String source = router ? six ? gateway6(-place) : gateway4(-place) : flow.backend.end().address();
        final boolean unreachable = random.nextBoolean();
        final int type = six ? unreachable ? 1 : 3 : unreachable ? 3 : 11;
        final NaivePacket sent = again(flow, kind(flow, true)).with(400, id());
        final NaivePacket seen = sent.between(flow.seen, flow.backendEnd(), 3);
        final byte[] quote = seen.quoted(2 * random.nextInt(six ? 24 : 14, 150));
        final List<OracleNode.Out> out = send(place, flow.seen,
                Packets.icmp(source, flow.seen.address(), type, 1, 0, quote).bytes());
        if (nat.endsBy(flow, unreachable, place)) {
            assertEquals(List.of(), out);
            return;
        }
        nat.met().add("error to client " + flow.asked.protocol() + (flow.isMasqueraded() ? " masqueraded" : ""));
        final byte[] wanted = Packets.icmp(router ? source : flow.asked.to().address(), flow.client.address(), type,
                1, 0, quoted(sent.between(sent.from(), sent.to(), 3), quote))
                .ttl(64 - NaiveNat.hops(place, flow.client.place())).bytes();
        assertOne(flow.client.place(), wanted, out);
    }

    /** The client complains of what the backend has sent. */
    private void errorToBackend(Flow flow) {
        final boolean six = flow.asked.from().isSix();
        final NaivePacket sent = NaivePacket.of(flow.asked.protocol(), flow.backendEnd(), flow.seen,
                kind(flow, false)).with(400, id());
        final NaivePacket seen = sent.between(flow.asked.to(), flow.asked.from(), 3);
        final byte[] quote = seen.quoted(2 * random.nextInt(six ? 24 : 14, 150));
        final int type = six ? 2 : 3;
        final int code = six ? 0 : 4;
        final List<OracleNode.Out> out = send(flow.client.place(), flow.asked.to(), Packets.icmp(
                flow.client.address(), flow.asked.to().address(), type, code, 1300, quote).bytes());
        nat.met().add("error to backend " + flow.asked.protocol() + (flow.isMasqueraded() ? " masqueraded" : ""));
        final byte[] wanted = Packets.icmp(flow.seen.address(), flow.backend.end().address(), type, code, 1300,
                quoted(sent.between(sent.from(), sent.to(), 3), quote))
                .ttl(64 - NaiveNat.hops(flow.client.place(), flow.backend.place())).bytes();
        assertOne(flow.backend.place(), wanted, out);
    }

    private static int kind(Flow flow, boolean ofClient) {
        return switch (flow.asked.protocol()) {
            case TCP -> ACK;
            case PING -> ofClient ? ASK : ANSWER;
            default -> 0;
        };
    }

    /** As much of a packet as another one was quoted of; the checksum of SCTP stays what the sender saw. */
    private static byte[] quoted(NaivePacket p, byte[] seen) {
        final byte[] quote = p.quoted(seen.length);
        final int at = (p.from().isSix() ? 40 : 20) + 8;
        if (p.protocol() == Protocol.SCTP && quote.length > at) {
            System.arraycopy(seen, at, quote, at, Math.min(4, quote.length - at));
        }
        return quote;
    }

    private static void assertOne(int place, byte[] wanted, List<OracleNode.Out> out) {
        assertEquals(1, out.size(), out::toString);
        assertEquals(place, out.getFirst().place());
        assertArrayEquals(wanted, out.getFirst().packet());
    }

    @Override
    public void close() {
        node.close();
    }
}
