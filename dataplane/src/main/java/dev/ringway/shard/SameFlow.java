package dev.ringway.shard;

import dev.ringway.packet.Packet;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;

/**
 * Recognises a datagram of a GRO train whose headers say the same as its predecessor's, which most do: then what was
 * decided by them (rules, reverse path, route) need not be decided again. What differs from packet to packet (lengths,
 * checksums, IPv4 id, TCP sequence) is checked here or left to later stages.
 *
 * <p>The predecessor's values are kept, not read again, since its headers change on their way. Only its tunnel header
 * stays as it was, in the same receive buffer. Switch thread; forgotten at the end of the train.
 */
final class SameFlow {
    private boolean known;
    private long tunnel;
    private int tunnelLength;
    private int first;
    private int fragment;
    private int hop;
    private int ports;
    private int dataOffset;
    private long sourceHi;
    private long sourceLo;
    private long destinationHi;
    private long destinationLo;

    void forget() {
        known = false;
    }

    /**
     * Notes a packet that may pass, before anything in it is changed. One that a successor could not be like (a
     * fragment, options) is not noted.
     */
    void note(Packet p, long datagram) {
        final boolean tcp = p.protocol == IpProtocol.TCP;
        known = p.l4Present && p.fragment == Packet.WHOLE && !p.isSuper() && !p.needsChecksum
                && (tcp || p.protocol == IpProtocol.UDP)
                && p.l4 == (p.version == 4 ? Ipv4.MIN_LENGTH : Ipv6.LENGTH);
        if (!known) {
            return;
        }
        tunnel = datagram;
        tunnelLength = (int) (p.ip - datagram);
        if (p.version == 4) {
            first = Memory.getShort(p.ip);
            fragment = Memory.getShort(p.ip + Ipv4.FLAGS_FRAGMENT);
            hop = Memory.getShort(p.ip + Ipv4.TTL);
        } else {
            first = Memory.getInt(p.ip);
            hop = Memory.getShort(p.ip + Ipv6.NEXT_HEADER);
        }
        sourceHi = p.sourceHi;
        sourceLo = p.sourceLo;
        destinationHi = p.destinationHi;
        destinationLo = p.destinationLo;
        ports = Memory.getInt(p.ip + p.l4);
        dataOffset = tcp ? Memory.getByte(p.ip + p.l4 + Tcp.DATA_OFFSET) : 0;
    }

    /** If the datagram's packet is like the predecessor that {@code p} describes, makes it describe this one. */
    boolean follows(Packet p, long datagram, int length) {
        final int available = length - tunnelLength;
        if (!known || available < p.headers || !sameTunnel(datagram)) {
            return false;
        }
        final long ip = datagram + tunnelLength;
        final int total = p.version == 4 ? like4(p, ip) : like6(p, ip);
        if (total < p.headers || total > available || Memory.getInt(ip + p.l4) != ports) {
            return false;
        }
        if (p.protocol == IpProtocol.TCP && (Memory.getByte(ip + p.l4 + Tcp.DATA_OFFSET) != dataOffset
                || (Tcp.flags(ip + p.l4) & Tcp.SYN) != 0)) {
            return false;
        }
        p.ip = ip;
        p.length = total;
        p.sourceHi = sourceHi;
        p.sourceLo = sourceLo;
        p.destinationHi = destinationHi;
        p.destinationLo = destinationLo;
        return true;
    }

    private boolean sameTunnel(long datagram) {
        int i = 0;
        for (; i + 8 <= tunnelLength; i += 8) {
            if (Memory.getLong(datagram + i) != Memory.getLong(tunnel + i)) {
                return false;
            }
        }
        for (; i + 2 <= tunnelLength; i += 2) {
            if (Memory.getShort(datagram + i) != Memory.getShort(tunnel + i)) {
                return false;
            }
        }
        return true;
    }

    /** The packet's length, or 0 if it is unlike the predecessor. */
    private int like4(Packet p, long ip) {
        return Memory.getShort(ip) == first && Memory.getShort(ip + Ipv4.FLAGS_FRAGMENT) == fragment
                && Memory.getShort(ip + Ipv4.TTL) == hop
                && Memory.getIntBe(ip + Ipv4.SOURCE) == (int) (sourceHi >>> 32)
                && Memory.getIntBe(ip + Ipv4.DESTINATION) == (int) (destinationHi >>> 32)
                && Ipv4.checksumValid(ip, Ipv4.MIN_LENGTH) ? Ipv4.totalLength(ip) : 0;
    }

    private int like6(Packet p, long ip) {
        return Memory.getInt(ip) == first && Memory.getShort(ip + Ipv6.NEXT_HEADER) == hop
                && Memory.getLongBe(ip + Ipv6.SOURCE) == sourceHi
                && Memory.getLongBe(ip + Ipv6.SOURCE + 8) == sourceLo
                && Memory.getLongBe(ip + Ipv6.DESTINATION) == destinationHi
                && Memory.getLongBe(ip + Ipv6.DESTINATION + 8) == destinationLo
                ? Ipv6.LENGTH + Ipv6.payloadLength(ip) : 0;
    }
}
