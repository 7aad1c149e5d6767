package dev.ringway.observe;

import dev.ringway.control.SnapshotPublisher;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Vtep;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;

/** Who is at an address, as far as the tables of one moment know it. Asking allocates nothing. */
final class Places {
    private final Snapshot snapshot;
    private final String self;

    Places(SnapshotPublisher.View view) {
        snapshot = view.snapshot();
        self = view.self().name();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** The pod of this node that has the address, by its name; or null. */
    String pod(int version, long hi, long lo) {
        final Adjacency way = snapshot.fib().lookup(version, hi, lo);
        final TunPort port = way == null || way.kind() != Adjacency.Kind.POD ? null : snapshot.port(way.port());
        return port == null ? null : port.name();
    }

    /** The node that has the address or whose pod does; null: outside the cluster. */
    String node(int version, long hi, long lo) {
        if (snapshot.self().isNode(version, hi, lo) || snapshot.self().owns(version, hi, lo)) {
            return self;
        }
        final Adjacency way = snapshot.fib().lookup(version, hi, lo);
        final Vtep vtep = way != null && way.vtep() != null ? way.vtep() : snapshot.vteps().lookup(hi, lo);
        return vtep == null ? null : vtep.node();
    }

    /** Another node by the index of its end point, or null if it has left. */
    String node(int vtep) {
        final Vtep known = vtep < 0 ? null : snapshot.vteps().byIndex(vtep);
        return known == null ? null : known.node();
    }
}
