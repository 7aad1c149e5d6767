package dev.ringway.packet;

import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Sctp;

/**
 * A parsed view of one IP packet or super-packet in somebody's memory: where its headers are and what they say that
 * every stage needs. Reused for each packet by the path that owns it; filled by {@link PacketParser}.
 */
public final class Packet {
    /** {@link #fragment}: not a fragment, the first one, or a later one (which has no L4 header). */
    public static final int WHOLE = 0;
    public static final int FIRST = 1;
    public static final int LATER = 2;

    /** Address of the IP header and length of the IP packet in bytes. */
    public long ip;
    public int length;
    /** 4 or 6. */
    public int version;
    /** Upper-layer protocol after IPv6 extension headers. */
    public int protocol;
    /** Offset of the upper-layer header from {@link #ip}; of the payload of a later fragment. */
    public int l4;
    /** True if a whole TCP, UDP or ICMP header starts at {@link #l4}. */
    public boolean l4Present;
    /** Length of the headers up to the payload: IP, extensions and TCP or UDP; valid if {@link #l4Present}. */
    public int headers;
    public int fragment;
    /** Offset of the IPv6 fragment header, or 0. */
    public int fragmentHeader;

    /** Addresses as 128 bits; IPv4 in the top 32 bits. */
    public long sourceHi;
    public long sourceLo;
    public long destinationHi;
    public long destinationLo;

    /** From the virtio_net_hdr: 0 or the GSO type without the ECN flag, segment payload size, unfinished checksum. */
    public int gsoType;
    public int gsoSize;
    public boolean needsChecksum;
    public int checksumStart;
    public int checksumOffset;

    public boolean isSuper() {
        return gsoType != 0;
    }

    /** How many packets on a wire it stands for. */
    public int segments() {
        return isSuper() ? (length - headers + gsoSize - 1) / gsoSize : 1;
    }

    /** True if the ports of TCP, UDP or SCTP are there: not in a later fragment or one that is cut short. */
    public boolean hasPorts() {
        return l4Present && (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP)
                || protocol == IpProtocol.SCTP && fragment != LATER && length - l4 >= Sctp.LENGTH;
    }

    /** What all fragments of a datagram share beside addresses: its identification, and in IPv4 the protocol. */
    public long fragmentId() {
        return version == 4 ? protocol << 16 | Memory.getShortBe(ip + Ipv4.ID)
                : 1L << 32 | Memory.getIntBe(ip + fragmentHeader + Ipv6.FRAGMENT_ID) & 0xFFFF_FFFFL;
    }

    /** Length of one segment on a link: of the packet itself if it is no super-packet. */
    public int segmentLength() {
        return gsoType == 0 ? length : Math.min(length, headers + gsoSize);
    }

    /** TTL or hop limit. */
    public int ttl() {
        return Memory.getByte(ip + (version == 4 ? Ipv4.TTL : Ipv6.HOP_LIMIT));
    }

    public void decrementTtl() {
        if (version == 4) {
            Ipv4.decrementTtl(ip);
        } else {
            Ipv6.decrementHopLimit(ip);
        }
    }

    /** TOS or traffic class. */
    public int tos() {
        return version == 4 ? Memory.getByte(ip + Ipv4.TOS) : Ipv6.trafficClass(ip);
    }

    public void setTos(int tos) {
        if (version == 4) {
            Ipv4.setTos(ip, tos);
        } else {
            Ipv6.setTrafficClass(ip, tos);
        }
    }

    /**
     * Hash of the flow: addresses, protocol and ports. Fragments hash by addresses alone, the first one too, so that
     * all of one datagram take the same way; later ones in IPv6 need not even tell the protocol.
     */
    public int flowHash() {
        long h = sourceHi * 0x9E3779B97F4A7C15L ^ Long.rotateLeft(destinationHi * 0xC2B2AE3D27D4EB4FL, 31);
        if (version == 6) {
            h ^= Long.rotateLeft(sourceLo * 0x165667B19E3779F9L, 17) + destinationLo * 0x27D4EB2F165667C5L;
        }
        if (fragment == WHOLE) {
            h += protocol;
            if (l4Present && (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP)) {
                h ^= (Memory.getInt(ip + l4) & 0xFFFFFFFFL) * 0x9FB21C651E98DF25L;
            }
        }
        h ^= h >>> 32;
        h *= 0xD6E8FEB86659FD93L;
        return (int) (h >>> 32);
    }
}
