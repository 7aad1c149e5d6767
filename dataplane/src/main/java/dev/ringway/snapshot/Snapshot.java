package dev.ringway.snapshot;

import dev.ringway.fib.Fib;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.VtepTable;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServiceTable;
import dev.ringway.tun.TunPort;

/**
 * All tables that a batch of packets is switched by, together. Immutable (the arrays are never written after
 * construction); compiled by the control side, published through {@link SnapshotCell}.
 *
 * @param generation counts publications
 * @param fib        routes of both IP versions
 * @param vteps      the other nodes
 * @param ports      local ports by number; null where a number is free
 * @param self       this node
 * @param services   Services and their backends
 */
public record Snapshot(long generation, Fib fib, VtepTable vteps, TunPort[] ports, Self self, ServiceTable services) {
    /** The same with other services. */
    public Snapshot with(long nextGeneration, ServiceTable next) {
        return new Snapshot(nextGeneration, fib, vteps, ports, self, next);
    }

    /**
     * A NodePort whatever node's address comes with it: all nodes have the same ports, but only their own addresses in
     * their tables. Null if there is none.
     */
    public Frontend nodePort(int version, int protocol, int port) {
        final IpAddress own = self.serviceAddress(version);
        final Frontend found = own == null ? null : services.lookup(version, own.hi(), own.lo(), protocol, port);
        return found == null || found.kind != Kind.NODE_PORT ? null : found;
    }

    /** The port of this number, or null if it has gone. */
    public TunPort port(int number) {
        return number >= 0 && number < ports.length ? ports[number] : null;
    }
}
