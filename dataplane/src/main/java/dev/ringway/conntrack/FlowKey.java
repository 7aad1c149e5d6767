package dev.ringway.conntrack;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Icmp;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;

/**
 * One direction of a flow: version, protocol, addresses and ports. The identifier of an ICMP query is the port of who
 * asks, and who answers has port 0 (RFC 5508). Filled anew for each packet; one a thread.
 */
public final class FlowKey {
    public int version;
    public int protocol;
    /** Addresses as 128 bits, IPv4 in the top 32. */
    public long sourceHi;
    public long sourceLo;
    public long destinationHi;
    public long destinationLo;
    public int sourcePort;
    public int destinationPort;

    /** Takes the packet's own; false if it has no ports: another protocol, a later fragment, cut short, an error. */
    public boolean of(Packet p) {
        final boolean icmp = p.l4Present && Icmp.isProtocol(p.version, p.protocol);
        if (!icmp && !p.hasPorts()) {
            return false;
        }
        version = p.version;
        protocol = p.protocol;
        sourceHi = p.sourceHi;
        sourceLo = p.sourceLo;
        destinationHi = p.destinationHi;
        destinationLo = p.destinationLo;
        return ports(p.ip + p.l4);
    }

    /** Takes the ports of an upper-layer header of {@link #protocol}; false if it is ICMP, but no query or answer. */
    public boolean ports(long l4) {
        if (!Icmp.isProtocol(version, protocol)) {
            sourcePort = Memory.getShortBe(l4 + Tcp.SOURCE_PORT);
            destinationPort = Memory.getShortBe(l4 + Tcp.DESTINATION_PORT);
            return true;
        }
        final int type = Memory.getByte(l4);
        final int identifier = Memory.getShortBe(l4 + Icmp.IDENTIFIER);
        sourcePort = Icmp.isQuery(version, type) ? identifier : 0;
        destinationPort = Icmp.isQueryReply(version, type) ? identifier : 0;
        return sourcePort != destinationPort;
    }

    /** Takes the other direction of a flow. */
    public void reverse(FlowKey key) {
        version = key.version;
        protocol = key.protocol;
        sourceHi = key.destinationHi;
        sourceLo = key.destinationLo;
        destinationHi = key.sourceHi;
        destinationLo = key.sourceLo;
        sourcePort = key.destinationPort;
        destinationPort = key.sourcePort;
    }

    /** Takes what the backend of a flow sends. */
    public void ofReply(long flow) {
        version = Flow.version(flow);
        protocol = Flow.protocol(flow);
        sourceHi = Flow.backendHi(flow);
        sourceLo = Flow.backendLo(flow);
        destinationHi = Flow.seenHi(flow);
        destinationLo = Flow.seenLo(flow);
        sourcePort = Flow.backendPort(flow);
        destinationPort = Flow.seenPort(flow);
    }

    int hash() {
        return hash(sourceHi, sourceLo, destinationHi, destinationLo,
                sourcePort << 16 | destinationPort, version << 8 | protocol);
    }

    /** Of both ends of a flow. */
    public static int hash(long sourceHi, long sourceLo, long destinationHi, long destinationLo, int ports, int rest) {
        long h = sourceHi * 0x9E37_79B9_7F4A_7C15L + Long.rotateLeft(destinationHi * 0xC2B2_AE3D_27D4_EB4FL, 31);
        h ^= Long.rotateLeft(sourceLo * 0x1656_67B1_9E37_79F9L, 17) + destinationLo * 0x27D4_EB2F_1656_67C5L;
        h = (h ^ h >>> 29) + ((long) ports << 16 ^ rest) * 0x9FB2_1C65_1E98_DF25L;
        h = (h ^ h >>> 32) * 0xD6E8_FEB8_6659_FD93L;
        return (int) (h >>> 32);
    }
}
