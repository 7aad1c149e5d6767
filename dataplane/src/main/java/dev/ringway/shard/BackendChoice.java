package dev.ringway.shard;

import dev.ringway.conntrack.AffinityTable;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Vtep;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendLoad;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServicePort;
import dev.ringway.service.ServiceTable;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.Memory;

/**
 * Which backend a new flow gets, by kube-proxy's rules: who the client is and by which address it comes decide the set
 * (traffic policies) and whether the backend may see the client's address. Switch thread; reused.
 */
final class BackendChoice {
    /** Choices by chance before all are looked at. */
    private static final int TRIES = 4;

    private final AffinityTable affinities;
    private final BackendLoad load;
    private int avoided;
    private Vtep preferred;
    private Frontend frontend;
    private Backend backend;
    private BackendSet candidates = BackendSet.EMPTY;
    private boolean local;
    private ChosenBy chosenBy;
    private boolean masquerades;
    private boolean outside;
    private final XorShift random;

    BackendChoice(AffinityTable affinities, BackendLoad load, XorShift random) {
        this.affinities = affinities;
        this.load = load;
        this.random = random;
    }

    /** The next choice takes this one only if there is no other. */
    void avoid(int handle) {
        avoided = handle;
    }

    /** The next choice takes one of this node if there is one. */
    void prefer(Vtep node) {
        preferred = node;
    }

    /** The next choice is free. */
    void forgetWishes() {
        avoided = 0;
        preferred = null;
    }

    /** What the last choice came to. */
    Backend backend() {
        return backend;
    }

    /** Among which it was chosen. */
    BackendSet candidates() {
        return candidates;
    }

    /** True if those are this node's, by a traffic policy. */
    boolean isLocal() {
        return local;
    }

    ChosenBy chosenBy() {
        return chosenBy;
    }

    /** True if the backend must see this node's address as the client's. */
    boolean masquerades() {
        return masquerades;
    }

    /** True if the client is outside the cluster. */
    boolean isFromOutside() {
        return outside;
    }

    /**
     * Decides which backends there are to choose from.
     *
     * @param here only those of this node
     * @return null if there is one, else why the packet must be dropped
     */
    DropReason consider(Frontend to, Packet p, TunPort from, boolean here, Snapshot snapshot) {
        frontend = to;
        final ServicePort port = frontend.port;
        final boolean node = from.isHost() && snapshot.self().isNode(p.version, p.sourceHi, p.sourceLo);
        outside = from.isHost() && !node;
        final boolean external = frontend.kind != Kind.CLUSTER_IP;
        if (frontend.sourceRanges != null && !frontend.sourceRanges.allows(p.version, p.sourceHi, p.sourceLo)) {
            return DropReason.SERVICE_SOURCE;
        }
        local = here || port.isLocal(external, outside);
        candidates = port.backends(local);
        masquerades = external ? from.isHost() && !local : outside;
        return candidates.isEmpty() ? port.refusal(local) : null;
    }

    /** Chooses among the backends that were considered, of which there must be one. */
    Backend choose(Packet p, Snapshot snapshot, int nowS) {
        final ServicePort port = frontend.port;
        final BackendSet set = candidates;
        final Backend wished = preferred == null ? null : ofPreferred(set, snapshot);
        if (wished != null) {
            backend = wished;
            chosenBy = ChosenBy.PREFERENCE;
        } else {
            final int hash = port.balance == Balance.MAGLEV ? clientHash(frontend, p) : 0;
            backend = port.affinitySeconds > 0 ? affine(port, set, p, hash, snapshot, nowS)
                    : pick(port, set, hash, nowS);
        }
        return backend;
    }

    private Backend ofPreferred(BackendSet set, Snapshot snapshot) {
        for (Backend one : set.backends) {
            final Adjacency way = snapshot.fib().lookup(one.version, one.hi, one.lo);
            if (way != null && way.vtep() == preferred) {
                return one;
            }
        }
        return null;
    }

    /** What all nodes know of a client and what it has addressed, also where the kernel has put a token there. */
    private static int clientHash(Frontend frontend, Packet p) {
        final int ports = p.hasPorts() ? Memory.getShortBe(p.ip + p.l4) << 16 | frontend.number : frontend.number;
        return FlowKey.hash(p.sourceHi, p.sourceLo, frontend.address.hi(), frontend.address.lo(), ports, p.protocol);
    }

    private Backend affine(ServicePort port, BackendSet set, Packet p, int hash, Snapshot snapshot, int nowS) {
        final long key = port.affinityKey + p.version;
        final long entry = affinities.find(p.sourceHi, p.sourceLo, key, port.affinitySeconds, nowS);
        Backend kept = entry == 0 ? null : kept(set, entry, snapshot.services());
        chosenBy = ChosenBy.AFFINITY;
        if (kept == null || !admits(kept, nowS)) {
            kept = pick(port, set, hash, nowS);
        }
        affinities.put(p.sourceHi, p.sourceLo, key, kept.handle, kept.hi, kept.lo, kept.port, nowS);
        return kept;
    }

    private Backend kept(BackendSet set, long entry, ServiceTable services) {
        final int handle = affinities.handle(entry);
        if (handle == 0) {
            return set.find(AffinityTable.backendHi(entry), AffinityTable.backendLo(entry),
                    AffinityTable.backendPort(entry));
        }
        return services.backendState(handle) == ServiceTable.SERVING ? member(set, handle) : null;
    }

    private static Backend member(BackendSet set, int handle) {
        for (Backend one : set.backends) {
            if (one.handle == handle) {
                return one;
            }
        }
        return null;
    }

    /** If none may get new flows, one that should not is better than none. */
    private Backend pick(ServicePort port, BackendSet set, int hash, int nowS) {
        chosenBy = ChosenBy.BALANCE;
        if (port.balance == Balance.LEAST_FLOWS) {
            return leastLoaded(set, nowS);
        }
        final Backend first = port.balance == Balance.MAGLEV ? set.maglev(hash) : set.random(random.next());
        Backend one = first;
        for (int i = 0; i < TRIES; i++) {
            if (admits(one, nowS)) {
                return one;
            }
            chosenBy = ChosenBy.EJECTION;
            one = set.random(random.next());
        }
        final int count = set.backends.length;
        final int start = (int) ((random.next() & 0xFFFF_FFFFL) * count >>> 32);
        for (int i = 0; i < count; i++) {
            one = set.backends[(start + i) % count];
            if (set.takes(one) && admits(one, nowS)) {
                return one;
            }
        }
        chosenBy = ChosenBy.LAST_RESORT;
        return first;
    }

    /** The one with the fewest open flows through this shard for its weight; equal ones by chance. */
    private Backend leastLoaded(BackendSet set, int nowS) {
        final int count = set.backends.length;
        final int start = (int) ((random.next() & 0xFFFF_FFFFL) * count >>> 32);
        Backend least = null;
        for (int i = 0; i < count; i++) {
            final Backend one = set.backends[(start + i) % count];
            if (set.takes(one) && one.handle != avoided && (least == null || isLess(one, least))
                    && load.mayAdmit(one, nowS)) {
                least = one;
            }
        }
        if (least == null) {
            chosenBy = ChosenBy.LAST_RESORT;
            return set.random(random.next());
        }
        // Only the one that is chosen uses its try up.
        load.admits(least, nowS);
        return least;
    }

    private boolean isLess(Backend one, Backend other) {
        return (load.live(one) + 1L) * Math.max(1, other.weight) < (load.live(other) + 1L) * Math.max(1, one.weight);
    }

    private boolean admits(Backend one, int nowS) {
        return one.handle != avoided && load.admits(one, nowS);
    }
}
