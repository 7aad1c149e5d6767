package dev.ringway.shard;

import dev.ringway.service.ServiceTable;
import dev.ringway.shard.NaivePacket.End;
import dev.ringway.shard.NaivePacket.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A service port as {@link NaiveNat} has it, with backends of which each serves, is only listed, or is gone. */
final class NaiveService {
    static final int GONE = 0;
    static final int LISTED = 1;
    static final int SERVING = 2;
    /** Slots of one service's backends. */
    private static final int SLOTS = 16;

    /** @param place where its packets come in */
    record Backend(End end, int place, boolean local) {
    }

    private final int id;
    private final Protocol protocol;
    private final End vip;
    private final List<Backend> backends;
    private final Map<Backend, Integer> states = new HashMap<>();
    private final Map<Backend, Integer> generations = new HashMap<>();
    private final long[] packets = new long[2];
    private End token;
    private End external;
    private boolean externalLocal;
    private int affinityS;
    private boolean leastFlows;
    private boolean maglev;
    private boolean fixed;
    private boolean present = true;

    NaiveService(int id, Protocol protocol, End vip, List<Backend> backends) {
        this.id = id;
        this.protocol = protocol;
        this.vip = vip;
        this.backends = backends;
        backends.forEach(one -> {
            states.put(one, SERVING);
            generations.put(one, 1);
        });
    }

    /** Not a Service at all: a pod that clients of another node are handed on to as they are. */
    static NaiveService pod(Protocol protocol, Backend backend) {
        final NaiveService service = new NaiveService(0, protocol, backend.end, List.of(backend));
        service.fixed = true;
        return service;
    }

    NaiveService token(int number) {
        token = new End(vip.isSix() ? Topology.service6(1) : Topology.service4(1), number);
        return this;
    }

    NaiveService external(String address) {
        external = new End(address, vip.port());
        return this;
    }

    NaiveService externalLocal() {
        externalLocal = true;
        return this;
    }

    NaiveService affinity(int seconds) {
        affinityS = seconds;
        return this;
    }

    NaiveService leastFlows() {
        leastFlows = true;
        return this;
    }

    NaiveService maglev() {
        maglev = true;
        return this;
    }

    String name() {
        return "test/" + id;
    }

    int id() {
        return id;
    }

    Protocol protocol() {
        return protocol;
    }

    End vip() {
        return vip;
    }

    boolean isFixed() {
        return fixed;
    }

    boolean isPresent() {
        return present;
    }

    boolean isExternalLocal() {
        return externalLocal;
    }

    int affinityS() {
        return affinityS;
    }

    boolean isLeastFlows() {
        return leastFlows;
    }

    boolean isMaglev() {
        return maglev;
    }

    /** All ends that a client may address. */
    List<End> ends(NaiveNat.Client client) {
        final List<End> all = new ArrayList<>();
        if (fixed == client.place() < 0) {
            all.add(vip);
            // Only the kernel makes tokens, of what came to the node's addresses.
            if (token != null && client.isHost()) {
                all.add(token);
            }
            if (external != null) {
                all.add(external);
            }
        }
        return all;
    }

    boolean isAt(End to, NaiveNat.Client client) {
        return ends(client).contains(to);
    }

    List<Backend> serving() {
        return present ? backends.stream().filter(one -> states.get(one) == SERVING).toList() : List.of();
    }

    int state(Backend backend, int generation) {
        return present && generations.get(backend) == generation ? states.get(backend) : GONE;
    }

    int generation(Backend backend) {
        return generations.get(backend);
    }

    void count(boolean reply, int number) {
        packets[reply ? 1 : 0] += number;
    }

    long packets(boolean reply) {
        return packets[reply ? 1 : 0];
    }

    /** A backend begins or stops to serve, leaves, or another comes in its place; or all do; or the Service does. */
    void change(SplittableRandom random) {
        final int what = random.nextInt(10);
        if (fixed) {
            return;
        }
        if (what == 0 || !present) {
            present = !present;
            if (present) {
                generations.replaceAll((backend, generation) -> generation + 1);
            }
        } else if (what < 3) {
            final int state = state(random);
            backends.forEach(one -> change(one, state));
        } else {
            change(backends.get(random.nextInt(backends.size())), state(random));
        }
    }

    private static int state(SplittableRandom random) {
        return Math.min(SERVING, random.nextInt(4));
    }

    private void change(Backend backend, int to) {
        if (states.put(backend, to) == GONE && to != GONE) {
            generations.merge(backend, 1, Integer::sum);
        }
    }

    ServiceTable addTo(ServiceTable table) {
        if (!present || fixed) {
            return table;
        }
        final TestService service = new TestService(vip.address(), vip.port()).named(id, name()).affinity(affinityS);
        switch (protocol) {
            case UDP -> service.udp();
            case SCTP -> service.sctp();
            default -> { }
        }
        if (externalLocal) {
            service.externalLocal();
        }
        if (leastFlows) {
            service.leastFlows();
        }
        if (maglev) {
            service.maglev();
        }
        for (int i = 0; i < backends.size(); i++) {
            final Backend one = backends.get(i);
            service.first(SLOTS * id + i).generation(generations.get(one) % 255 + 1);
            if (states.get(one) == SERVING) {
                service.backend(one.end.address(), one.end.port(), one.local);
            } else if (states.get(one) == LISTED) {
                service.listed(one.end.address(), one.end.port(), one.local);
            }
        }
        if (token != null) {
            service.token(token.address(), token.port(), vip.isSix() ? "fd00:30::1" : "172.30.0.1", token.port());
        }
        if (external != null) {
            service.external(external.address(), external.port());
        }
        return service.addTo(table);
    }
}
