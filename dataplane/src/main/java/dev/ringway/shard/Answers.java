package dev.ringway.shard;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Vtep;
import dev.ringway.offload.IcmpErrors;
import dev.ringway.offload.IcmpRateLimit;
import dev.ringway.offload.TcpReset;
import dev.ringway.packet.Packet;
import dev.ringway.snapshot.Self;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.Icmp;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;

/**
 * ICMP errors back to where a packet came from: the reverse path check has shown that its source is there. Each
 * method answers from an address of the node, or stays silent where the RFCs or the rate limit say so.
 * Switch thread; call before the packet is changed.
 */
final class Answers {
    private final PortOutput ports;
    private final TunnelOutput tunnels;
    private final IcmpRateLimit limit = new IcmpRateLimit();
    /** Where an answer goes: a local port or another node; one of them is null. */
    private TunPort port;
    private Vtep vtep;
    private Self self;
    private long nowNs;

    Answers(PortOutput ports, TunnelOutput tunnels) {
        this.ports = ports;
        this.tunnels = tunnels;
    }

    /** Says for the following packet where its answer would go. */
    Answers to(TunPort toPort, Vtep toVtep, Self from, long atNs) {
        port = toPort;
        vtep = toVtep;
        self = from;
        nowNs = atNs;
        return this;
    }

    void timeExceeded(Packet p) {
        send(p, p.version == 4 ? Icmp.TIME_EXCEEDED : Icmp.V6_TIME_EXCEEDED, 0, 0, false);
    }

    /** Silent while pods are being taken over or Services are not known yet: senders try again, and find them. */
    void unreachable(Packet p) {
        if (!self.settled()) {
            return;
        }
        send(p, p.version == 4 ? Icmp.UNREACHABLE : Icmp.V6_UNREACHABLE,
                p.version == 4 ? Icmp.UNREACHABLE_HOST : Icmp.V6_UNREACHABLE_ADDRESS, 0, false);
    }

    /** Refuses a packet as a host would: TCP by a reset from its destination, the rest by port unreachable. */
    void refuse(Packet p) {
        if (p.protocol == IpProtocol.TCP) {
            if (TcpReset.mayAnswer(p)) {
                TcpReset.write(room(TcpReset.length(p.version), p), p);
            }
        } else {
            send(p, p.version == 4 ? Icmp.UNREACHABLE : Icmp.V6_UNREACHABLE,
                    p.version == 4 ? Icmp.UNREACHABLE_PORT : Icmp.V6_UNREACHABLE_PORT, 0, false);
        }
    }

    /** @param mtu largest packet that would have passed; IPv6 never says less than 1280 (RFC 8201) */
    void tooBig(Packet p, int mtu) {
        if (p.version == 4) {
            send(p, Icmp.UNREACHABLE, Icmp.UNREACHABLE_FRAGMENTATION_NEEDED, mtu, true);
        } else {
            send(p, Icmp.V6_PACKET_TOO_BIG, 0, Math.max(mtu, Ipv6.MIN_MTU), true);
        }
    }

    private void send(Packet p, int type, int code, int rest, boolean pathMtu) {
        final IpAddress from = source(p.version);
        if (from == null || !IcmpErrors.mayAnswer(p)) {
            return;
        }
        final int target = Long.hashCode(p.sourceHi * 31 + p.sourceLo);
        if (!limit.allow(target * 0x9E3779B1 >>> 16, pathMtu, nowNs)) {
            return;
        }
        final int length = p.version == 4
                ? Math.min(p.length + Ipv4.MIN_LENGTH + Icmp.LENGTH, IcmpErrors.MAX_LENGTH4)
                : Math.min(p.length + Ipv6.LENGTH + Icmp.LENGTH, IcmpErrors.MAX_LENGTH6);
        IcmpErrors.write(room(length, p), p, from.hi(), from.lo(), type, code, rest);
    }

    /**
     * The node's gateway address; to the node itself another one: the kernel takes no IPv4 packet from outside that
     * comes from an address of its own (martian source), and would never hear of errors.
     */
    private IpAddress source(int version) {
        return version == 4 && port != null && port.isHost() ? self.service4() : self.gateway(version);
    }

    private long room(int length, Packet about) {
        return port != null ? ports.message(length, port)
                : tunnels.message(about.version, length, vtep, about.flowHash());
    }
}
