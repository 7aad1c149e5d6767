package dev.ringway.shard;

import dev.ringway.encap.Decapsulated;
import dev.ringway.encap.Ecn;
import dev.ringway.encap.NeighborReply;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Vtep;
import dev.ringway.offload.ChecksumOffload;
import dev.ringway.offload.MssClamp;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.packet.RxSlot;
import dev.ringway.snapshot.Self;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.Ethernet;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.VnetHdr;
import dev.ringway.wire.Vxlan;

/**
 * The way of what came from the underlay, one datagram of a GRO train after the other:
 *
 * <ol>
 * <li>drop it if the outer source is no node of the cluster;</li>
 * <li>take the tunnel header off; answer ARP and neighbour solicitations of the overlay;</li>
 * <li>parse the inner packet and drop what may not cross a router; what came in another shard's packet's train is that
 * shard's;</li>
 * <li>drop it if its source does not belong to the node that sent it (strict reverse path), nor is that of a client
 * outside which the node may hand on;</li>
 * <li>if it answers a client of a Service, find the flow and with it the true destination; if it is of a client outside
 * that was handed on as it came, find or choose its backend among this node's; a fragment that came before the first of
 * its datagram waits for that;</li>
 * <li>find its destination, which must be a pod here or the node's own pod-range address: never tunnel to tunnel, nor
 * tunnel to the outside but for answers to a client that came by this node;</li>
 * <li>carry the outer congestion mark over (RFC 6040), count down its TTL;</li>
 * <li>compare with the pod's MTU, clamp a SYN's MSS;</li>
 * <li>translate it if it comes from a Service;</li>
 * <li>join it with its predecessor and queue it for the pod's device.</li>
 * </ol>
 *
 * <p>A packet with the same headers as its predecessor in the train skips steps 2 to 6.
 *
 * <p>Switch thread; reused for all packets.
 */
final class IngressPath {
    private final PortOutput ports;
    private final TunnelOutput tunnels;
    private final TunnelCodec codec;
    private final Answers answers;
    private final ServiceStage services;
    private final Siblings.Post post;
    private final HeldFragments held;
    private final DropCounters drops;
    private final int shard;
    private final Packet p = new Packet();
    private final Decapsulated inner = new Decapsulated();
    private final SameFlow same = new SameFlow();
    private TunPort port;
    private boolean toPod;

    IngressPath(PortOutput ports, TunnelOutput tunnels, TunnelCodec codec, Answers answers, ServiceStage services,
            Siblings.Post post, HeldFragments held, DropCounters drops, int shard) {
        this.ports = ports;
        this.tunnels = tunnels;
        this.codec = codec;
        this.answers = answers;
        this.services = services;
        this.post = post;
        this.held = held;
        this.drops = drops;
        this.shard = shard;
    }

    /** @param fresh false for a fragment that has been here before and waited for the first of its datagram */
    void accept(RxSlot slot, boolean fresh, Snapshot snapshot, long nowNs) {
        // 1. outer source
        final Vtep peer = snapshot.vteps().lookup(slot.sourceHi, slot.sourceLo);
        if (peer == null) {
            drops.count(DropReason.UNKNOWN_PEER);
            return;
        }
        same.forget();
        int offset = 0;
        while (offset < slot.length) {
            final int length = Math.min(slot.segmentSize, slot.length - offset);
            final DropReason reason = same.follows(p, slot.data + offset, length) && !needsCare()
                    ? next(slot.tos, peer) : deliver(slot, slot.data + offset, length, fresh, snapshot, peer, nowNs);
            if (reason != null) {
                drops.count(reason);
                peer.counters(shard).dropped();
            }
            offset += length;
        }
    }

    /** True if a packet like its predecessor is too large for its port, or has a checksum to finish. */
    private boolean needsCare() {
        return p.length > port.mtu() || ChecksumOffload.unfinished(p);
    }

    /** The way from step 7 on of a packet that passed the others with its predecessor. */
    private DropReason next(int outerTos, Vtep peer) {
        peer.counters(shard).received(1, p.length);
        final DropReason reason = services.next(p);
        if (reason != null) {
            return reason;
        }
        if (!Ecn.decapsulate(p, outerTos)) {
            return DropReason.ECN_CONGESTED;
        }
        if (toPod) {
            p.decrementTtl();
        }
        services.apply(p);
        ports.deliver(p, port);
        return null;
    }

    private DropReason deliver(RxSlot slot, long datagram, int length, boolean fresh, Snapshot snapshot, Vtep peer,
            long nowNs) {
        same.forget();
        answers.to(null, peer, snapshot.self(), nowNs);
        // 2. tunnel header
        DropReason reason = codec.read(inner, datagram, length);
        if (reason != null) {
            return reason;
        }
        if (inner.content == Decapsulated.Content.ARP || NeighborReply.isSolicitation(inner.inner, inner.length)) {
            return answerNeighbor(snapshot, peer);
        }
        // 3. inner packet
        reason = PacketParser.parse(p, inner.inner, inner.length, true);
        if (reason == null) {
            reason = AddressRules.check(p);
        }
        if (reason != null) {
            return reason;
        }
        if (post.isStray(p) && !services.isIdle(snapshot)) {
            return post.handOver(p, slot, datagram, length) ? null : DropReason.RING_FULL;
        }
        if (fresh) {
            peer.counters(shard).received(1, p.length);
        }
        // 4. reverse path
        final Adjacency back = snapshot.fib().lookup(p.version, p.sourceHi, p.sourceLo);
        final OutsideClients client = back != null && back.kind() == Adjacency.Kind.HOST
                ? handedOn(snapshot, peer) : OutsideClients.MASQUERADE;
        if (back == null || back.vtep() != peer && !client.keep()) {
            return DropReason.SPOOFED_SOURCE;
        }
        // 5. services
        if (client == OutsideClients.DIRECT) {
            final TunPort host = snapshot.port(back.port());
            answers.to(host, null, snapshot.self(), nowNs);
            reason = services.outgoing(p, host, true, snapshot);
        } else {
            reason = services.incoming(p, client.keep() ? peer : null, snapshot);
        }
        if (p.fragment == Packet.FIRST) {
            held.firstCame(p);
        }
        if (reason == DropReason.FRAGMENT_UNKNOWN && held.keep(p, slot, datagram)) {
            return null;
        }
        if (reason != null) {
            if (reason.isRefusal()) {
                answers.refuse(p);
            }
            return reason;
        }
        // 6. route
        final Adjacency to = snapshot.fib().lookup(p.version, services.destinationHi(), services.destinationLo());
        final boolean ours = snapshot.self().owns(p.version, p.destinationHi, p.destinationLo);
        if (to == null || !ours && !services.translates() || to.kind() == Adjacency.Kind.TUNNEL) {
            return DropReason.NOT_LOCAL;
        }
        port = snapshot.port(to.port());
        if (port == null) {
            if (client == OutsideClients.DIRECT && services.forgetGone(snapshot)) {
                answers.refuse(p);
                return DropReason.SERVICE_BACKEND_GONE;
            }
            answers.unreachable(p);
            return DropReason.UNREACHABLE;
        }
        // 7. ECN and TTL; the node itself is the end of the way, no hop
        toPod = to.kind() == Adjacency.Kind.POD;
        if (toPod && p.ttl() <= 1) {
            answers.timeExceeded(p);
            return DropReason.TTL_EXPIRED;
        }
        // 8. MTU
        if (ChecksumOffload.unfinished(p)) {
            acceptUnfinished();
        }
        final boolean big = p.segmentLength() > port.mtu();
        if (big && (p.version == 6 || Ipv4.dontFragment(p.ip))) {
            answers.tooBig(p, port.mtu());
            return DropReason.TOO_BIG;
        }
        same.note(p, datagram);
        if (!Ecn.decapsulate(p, slot.tos)) {
            same.forget();
            return DropReason.ECN_CONGESTED;
        }
        if (toPod) {
            p.decrementTtl();
        }
        if (p.protocol == IpProtocol.TCP) {
            MssClamp.clamp(p, port.mtu());
        }
        // 9. translate
        services.apply(p);
        // 10. out
        if (p.isSuper()) {
            ports.deliverSuper(p, port);
        } else if (big) {
            ports.fragment(p, port);
        } else {
            ports.deliver(p, port);
        }
        return null;
    }

    /**
     * What this node takes a packet for whose source is outside: of a client that the peer has handed on to a pod by
     * the pod's address, or as it came to an address of a Service; or of one that it should have masqueraded.
     */
    private OutsideClients handedOn(Snapshot snapshot, Vtep peer) {
        final Self self = snapshot.self();
        final OutsideClients may = OutsideClients.between(self.outsideClients(), peer.outsideClients());
        if (!may.keep() || self.owns(p.version, p.sourceHi, p.sourceLo)
                || self.isNode(p.version, p.sourceHi, p.sourceLo)) {
            return OutsideClients.MASQUERADE;
        }
        final Adjacency to = snapshot.fib().lookup(p.version, p.destinationHi, p.destinationLo);
        if (to != null && to.kind() == Adjacency.Kind.POD) {
            return OutsideClients.KEEP;
        }
        return may == OutsideClients.DIRECT && to != null && to.kind() == Adjacency.Kind.HOST
                && !self.owns(p.version, p.destinationHi, p.destinationLo) ? may : OutsideClients.MASQUERADE;
    }

    /**
     * A packet that skipped the sender's hardware, because there was none between two namespaces of one machine: its
     * checksum is finished here, and a TCP super-packet that was not segmented stays one.
     */
    private void acceptUnfinished() {
        if (p.protocol == IpProtocol.TCP && p.length > port.mtu()) {
            p.gsoType = p.version == 4 ? VnetHdr.GSO_TCPV4 : VnetHdr.GSO_TCPV6;
            p.gsoSize = port.mtu() - p.headers;
        } else {
            ChecksumOffload.finish(p);
        }
    }

    private DropReason answerNeighbor(Snapshot snapshot, Vtep peer) {
        final long mac = snapshot.self().mac();
        if (inner.content == Decapsulated.Content.IP) {
            if (!snapshot.self().owns(6, NeighborReply.solicitedHi(inner.inner),
                    NeighborReply.solicitedLo(inner.inner))) {
                return DropReason.LINK_SCOPE;
            }
            final long at = tunnels.message(6, NeighborReply.ADVERTISEMENT_LENGTH, peer, 0);
            NeighborReply.writeAdvertisement(at, inner.inner, mac);
            return null;
        }
        if (!NeighborReply.isArpRequest(inner.inner, inner.length)
                || !snapshot.self().owns(4, NeighborReply.arpTarget(inner.inner), 0)) {
            return DropReason.LINK_SCOPE;
        }
        final int header = codec.headerLength();
        final long at = tunnels.rawMessage(header + NeighborReply.ARP_LENGTH, peer);
        codec.write(at, 4, NeighborReply.arpSenderMac(inner.inner));
        Ethernet.write(at + Vxlan.LENGTH, NeighborReply.arpSenderMac(inner.inner), mac, Ethernet.TYPE_ARP);
        NeighborReply.writeArp(at + header, inner.inner, mac);
        return null;
    }
}
