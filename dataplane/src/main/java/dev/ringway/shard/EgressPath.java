package dev.ringway.shard;

import dev.ringway.fib.Adjacency;
import dev.ringway.fib.Vtep;
import dev.ringway.offload.ChecksumOffload;
import dev.ringway.offload.MssClamp;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.packet.RxSlot;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.VnetHdr;

/**
 * The way of a packet that a pod or the node sent:
 *
 * <ol>
 * <li>parse it and the virtio_net_hdr in front of it;</li>
 * <li>drop what may not cross a router by its addresses;</li>
 * <li>drop it if its source does not belong to the port it came from (strict reverse path);</li>
 * <li>find the flow to a Service that it belongs to, or choose a backend for it; a fragment that came before the first
 * of its datagram waits for that;</li>
 * <li>find the longest matching prefix of the destination that it has or gets, or the node that the client entered by;
 * </li>
 * <li>count down its TTL, unless the node's kernel is the hop;</li>
 * <li>compare each of its segments with the MTU of the way, and clamp a SYN's MSS to it;</li>
 * <li>translate it if it goes to or comes from a Service;</li>
 * <li>hand it to the local port as it is, or split it and send it to the node that has the destination.</li>
 * </ol>
 *
 * <p>What cannot be forwarded is answered as a router does. Switch thread; reused for all packets.
 */
final class EgressPath {
    private final PortOutput ports;
    private final TunnelOutput tunnels;
    private final Answers answers;
    private final ServiceStage services;
    private final HeldFragments held;
    private final DropCounters drops;
    private final int overhead;
    private final int shard;
    private final Packet p = new Packet();

    /** @param overhead bytes between the underlay's MTU and the largest inner packet */
    EgressPath(PortOutput ports, TunnelOutput tunnels, Answers answers, ServiceStage services, HeldFragments held,
            DropCounters drops, int overhead, int shard) {
        this.ports = ports;
        this.tunnels = tunnels;
        this.answers = answers;
        this.services = services;
        this.held = held;
        this.drops = drops;
        this.overhead = overhead;
        this.shard = shard;
    }

    /** @param fresh false for a fragment that has been here before and waited for the first of its datagram */
    void accept(RxSlot slot, boolean fresh, Snapshot snapshot, long nowNs) {
        final TunPort from = snapshot.port(slot.port);
        if (from == null) {
            drops.count(DropReason.PORT_GONE);
            return;
        }
        final DropReason reason = forward(slot, fresh, snapshot, from, nowNs);
        if (reason != null) {
            drops.count(reason);
            from.counters(shard).dropped();
        }
    }

    private DropReason forward(RxSlot slot, boolean fresh, Snapshot snapshot, TunPort from, long nowNs) {
        // 1. parse
        DropReason reason = PacketParser.parse(p, slot.data, slot.length, false);
        if (reason == null && from.offloads().vnetHdr()) {
            reason = PacketParser.offload(p, slot.data - VnetHdr.LENGTH);
        }
        // 2. addresses
        if (reason == null) {
            reason = AddressRules.check(p);
        }
        if (reason != null) {
            return reason;
        }
        if (fresh) {
            from.counters(shard).received(p.segments(), p.length);
        }
        // 3. reverse path
        final Adjacency back = snapshot.fib().lookup(p.version, p.sourceHi, p.sourceLo);
        if (back == null || back.port() != from.number()) {
            return DropReason.SPOOFED_SOURCE;
        }
        answers.to(from, null, snapshot.self(), nowNs);
        // 4. services
        reason = services.outgoing(p, from, false, snapshot);
        if (p.fragment == Packet.FIRST) {
            held.firstCame(p);
        }
        if (reason == DropReason.FRAGMENT_UNKNOWN && held.keep(p, slot, slot.data)) {
            return null;
        }
        if (reason != null) {
            if (reason.isRefusal()) {
                answers.refuse(p);
            }
            return reason;
        }
        // 5. route
        if (services.leavesByEntrance()) {
            return toEntrance(snapshot, from, nowNs);
        }
        final Adjacency to = snapshot.fib().lookup(p.version, services.destinationHi(), services.destinationLo());
        if (to == null || to.kind() == Adjacency.Kind.UNREACHABLE
                || from.isHost() && to.port() == from.number() && !services.translates()) {
            return unreachable(snapshot, from, to);
        }
        // 6. TTL: towards the node its kernel is this hop, and what comes from the node it has counted down itself
        if (to.kind() != Adjacency.Kind.HOST && !from.isHost()) {
            if (p.ttl() <= 1) {
                answers.timeExceeded(p);
                return DropReason.TTL_EXPIRED;
            }
        }
        return to.isLocal() ? toPort(snapshot, from, to) : toTunnel(from, to.vtep(), nowNs);
    }

    /** The answer to a client outside that came by another node: only that one's kernel knows the client's side. */
    private DropReason toEntrance(Snapshot snapshot, TunPort from, long nowNs) {
        final Vtep exit = services.exit(snapshot);
        if (exit == null) {
            answers.unreachable(p);
            return DropReason.NO_ROUTE;
        }
        if (p.ttl() <= 1) {
            answers.timeExceeded(p);
            return DropReason.TTL_EXPIRED;
        }
        return toTunnel(from, exit, nowNs);
    }

    /**
     * The node itself is refused where nobody can be, as by a host: so it sees that its packets come into the switch
     * and answers out again.
     */
    private DropReason unreachable(Snapshot snapshot, TunPort from, Adjacency to) {
        if (from.isHost() && p.protocol == IpProtocol.TCP
                && snapshot.self().isServiceAddress(p.version, p.destinationHi, p.destinationLo)) {
            answers.refuse(p);
            return DropReason.PROBE;
        }
        return nobodyThere(snapshot, to == null ? DropReason.NO_ROUTE : DropReason.UNREACHABLE);
    }

    /** Tells the sender: of a connection whose backend is gone that it is over, else that nobody can be reached. */
    private DropReason nobodyThere(Snapshot snapshot, DropReason reason) {
        if (services.forgetGone(snapshot)) {
            answers.refuse(p);
            return DropReason.SERVICE_BACKEND_GONE;
        }
        answers.unreachable(p);
        return reason;
    }

    private DropReason toPort(Snapshot snapshot, TunPort from, Adjacency to) {
        final TunPort port = snapshot.port(to.port());
        if (port == null) {
            return nobodyThere(snapshot, DropReason.PORT_GONE);
        }
        // 7. MTU
        final boolean big = p.segmentLength() > port.mtu();
        if (big && !mayFragment()) {
            answers.tooBig(p, port.mtu());
            return DropReason.TOO_BIG;
        }
        countDown(from, to);
        // 8. translate
        services.apply(p);
        // 9. out
        if (big) {
            ChecksumOffload.finish(p);
            ports.fragment(p, port);
        } else {
            ports.forward(p, port);
        }
        return null;
    }

    private DropReason toTunnel(TunPort from, Vtep vtep, long nowNs) {
        // 7. MTU
        final int mtu = vtep.pathMtu(nowNs) - overhead;
        final boolean big = p.segmentLength() > mtu;
        if (big && !mayFragment()) {
            answers.tooBig(p, mtu);
            return DropReason.TOO_BIG;
        }
        if (!from.isHost()) {
            p.decrementTtl();
        }
        MssClamp.clamp(p, mtu);
        // 8. translate
        services.apply(p);
        // 9. out
        if (p.isSuper()) {
            tunnels.sendSuper(p, vtep);
            return null;
        }
        ChecksumOffload.finish(p);
        if (big) {
            tunnels.sendFragments(p, vtep, mtu);
        } else {
            tunnels.send(p, vtep);
        }
        return null;
    }

    private void countDown(TunPort from, Adjacency to) {
        if (to.kind() != Adjacency.Kind.HOST && !from.isHost()) {
            p.decrementTtl();
        }
    }

    private boolean mayFragment() {
        return p.version == 4 && !p.isSuper() && !Ipv4.dontFragment(p.ip);
    }
}
