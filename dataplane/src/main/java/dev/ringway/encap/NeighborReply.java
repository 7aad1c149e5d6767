package dev.ringway.encap;

import dev.ringway.wire.Checksum;
import dev.ringway.wire.Ethernet;
import dev.ringway.wire.Icmp;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;

/**
 * Answers ARP requests (RFC 826) and neighbour solicitations (RFC 4861 sec. 7.2) that a kernel VXLAN peer without
 * static neighbours sends through the overlay. Both replies are written as an Ethernet payload.
 */
public final class NeighborReply {
    public static final int ARP_LENGTH = 28;
    public static final int ADVERTISEMENT_LENGTH = Ipv6.LENGTH + 32;

    private static final int ARP_ETHERNET_IPV4 = 0x00010800;
    private static final int ARP_LENGTHS_REQUEST = 0x06040001;
    private static final int ARP_LENGTHS_REPLY = 0x06040002;
    private static final int ARP_SENDER_MAC = 8;
    private static final int ARP_SENDER_IP = 14;
    private static final int ARP_TARGET_MAC = 18;
    private static final int ARP_TARGET_IP = 24;
    private static final int ND_TARGET = Ipv6.LENGTH + 8;
    private static final int ND_OPTION = Ipv6.LENGTH + 24;
    private static final int ND_LENGTH = 32;
    private static final int ND_ROUTER = 0x80000000;
    private static final int ND_SOLICITED = 0x40000000;
    private static final int ND_OVERRIDE = 0x20000000;
    /** ff02::1, all nodes. */
    private static final long ALL_NODES_HI = 0xFF02_0000_0000_0000L;
    private static final long ALL_NODES_LO = 1;
    private static final int ND_TARGET_LINK_ADDRESS = 0x0201;

    private NeighborReply() {
    }

    /** True for an ARP request for an IPv4 address. */
    public static boolean isArpRequest(long arp, int length) {
        return length >= ARP_LENGTH && Memory.getIntBe(arp) == ARP_ETHERNET_IPV4
                && Memory.getIntBe(arp + 4) == ARP_LENGTHS_REQUEST;
    }

    /** The address an ARP request asks for, in the top 32 bits. */
    public static long arpTarget(long arp) {
        return (long) Memory.getIntBe(arp + ARP_TARGET_IP) << 32;
    }

    /** MAC address of the asking end. */
    public static long arpSenderMac(long arp) {
        return Ethernet.mac(arp + ARP_SENDER_MAC);
    }

    /** Writes the reply to an ARP request: ARP_LENGTH bytes. */
    public static void writeArp(long at, long request, long ownMac) {
        Memory.putIntBe(at, ARP_ETHERNET_IPV4);
        Memory.putIntBe(at + 4, ARP_LENGTHS_REPLY);
        Ethernet.putMac(at + ARP_SENDER_MAC, ownMac);
        Memory.putInt(at + ARP_SENDER_IP, Memory.getInt(request + ARP_TARGET_IP));
        Ethernet.putMac(at + ARP_TARGET_MAC, arpSenderMac(request));
        Memory.putInt(at + ARP_TARGET_IP, Memory.getInt(request + ARP_SENDER_IP));
    }

    /** True for a neighbour solicitation (hop limit 255, code 0) at this IPv6 header. */
    public static boolean isSolicitation(long ip, int length) {
        return length >= ND_OPTION && Memory.getByte(ip) >> 4 == 6
                && Memory.getByte(ip + Ipv6.NEXT_HEADER) == IpProtocol.ICMPV6
                && Memory.getByte(ip + Ipv6.HOP_LIMIT) == 255
                && Memory.getShortBe(ip + Ipv6.LENGTH) == Icmp.V6_NEIGHBOR_SOLICITATION << 8;
    }

    public static long solicitedHi(long ip) {
        return Memory.getLongBe(ip + ND_TARGET);
    }

    public static long solicitedLo(long ip) {
        return Memory.getLongBe(ip + ND_TARGET + 8);
    }

    /**
     * Writes the advertisement: ADVERTISEMENT_LENGTH bytes from the IPv6 header on. Who asked from no address, to find
     * out whether it may have this one, is told as all nodes are (RFC 4861 sec. 7.2.4).
     */
    public static void writeAdvertisement(long at, long solicitation, long ownMac) {
        Memory.putIntBe(at, 0x60000000);
        Memory.putShortBe(at + Ipv6.PAYLOAD_LENGTH, ND_LENGTH);
        Memory.putShortBe(at + Ipv6.NEXT_HEADER, IpProtocol.ICMPV6 << 8 | 255);
        Memory.copySmall(solicitation + ND_TARGET, at + Ipv6.SOURCE, 16);
        final long askerHi = Memory.getLongBe(solicitation + Ipv6.SOURCE);
        final long askerLo = Memory.getLongBe(solicitation + Ipv6.SOURCE + 8);
        final boolean anonymous = askerHi == 0 && askerLo == 0;
        Memory.putLongBe(at + Ipv6.DESTINATION, anonymous ? ALL_NODES_HI : askerHi);
        Memory.putLongBe(at + Ipv6.DESTINATION + 8, anonymous ? ALL_NODES_LO : askerLo);
        final long icmp = at + Ipv6.LENGTH;
        Memory.putIntBe(icmp, Icmp.V6_NEIGHBOR_ADVERTISEMENT << 24);
        Memory.putIntBe(icmp + 4, ND_ROUTER | ND_OVERRIDE | (anonymous ? 0 : ND_SOLICITED));
        Memory.copySmall(solicitation + ND_TARGET, at + ND_TARGET, 16);
        Memory.putShortBe(at + ND_OPTION, ND_TARGET_LINK_ADDRESS);
        Ethernet.putMac(at + ND_OPTION + 2, ownMac);
        final long pseudo = Checksum.pseudo6(at, IpProtocol.ICMPV6, ND_LENGTH);
        Memory.putShort(icmp + Icmp.CHECKSUM, Checksum.finish(Checksum.sum(icmp, ND_LENGTH, pseudo)));
    }
}
