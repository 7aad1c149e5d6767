package dev.ringway.offload;

import dev.ringway.packet.Packet;
import dev.ringway.packet.TxQueue;
import dev.ringway.packet.TxSlot;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;
import dev.ringway.wire.Udp;
import dev.ringway.wire.VnetHdr;

/**
 * Joins consecutive packets of a flow that arrived from the underlay into one super-packet for a TUN device, as the
 * kernel's GRO does (tcp_gro_receive, udp_gro_receive). Headers are copied to the slot's scratch, payload stays in the
 * receive buffers.
 *
 * <p>Never reorders a flow: a packet that cannot join ends its flow's chain before it is queued, and a fragment, whose
 * flow cannot be told, ends all of them. What it joins it has verified, since the pod's kernel does not verify a
 * super-packet again.
 *
 * <p>Switch thread; the chains live from the first packet of a batch to {@link #endOfBatch}.
 */
public final class Coalescer {
    private static final int CHAINS = 64;
    /** Kernels before 6.9 take at most this many segments of a UDP super-packet. */
    private static final int MAX_UDP_SEGMENTS = 64;
    /** TCP flags and window of the 32 bits at offset 12 that must be equal; FIN, PSH and CWR are handled apart. */
    private static final int TCP_WORD_MASK = ~((Tcp.CWR | Tcp.FIN | Tcp.PSH) << 16);
    private static final int ENDING = Tcp.SYN | Tcp.FIN | Tcp.RST | Tcp.URG | Tcp.CWR;

    private final TxQueue queue;
    private final Chain[] chains = new Chain[CHAINS];
    private final int[] used = new int[CHAINS];
    private int usedCount;

    /** A super-packet being built; {@code headers} is the address of the copied IP header. */
    private static final class Chain {
        private TxSlot slot;
        private long headers;
        private int headersLength;
        private int l4;
        private int version;
        private int protocol;
        private int payload;
        private int nextSequence;
        private int nextId;
    }

    public Coalescer(TxQueue queue) {
        this.queue = queue;
        for (int i = 0; i < CHAINS; i++) {
            chains[i] = new Chain();
        }
    }

    /**
     * Queues a packet for a port, joined to its flow's chain if possible.
     *
     * @param tso the port takes TCP super-packets
     * @param uso the port takes UDP super-packets
     */
    public void add(Packet p, int port, boolean tso, boolean uso) {
        if (p.fragment != Packet.WHOLE) {
            endAll();
            single(p, port);
            return;
        }
        final boolean tcp = p.protocol == IpProtocol.TCP;
        if (!p.l4Present || !tcp && p.protocol != IpProtocol.UDP) {
            single(p, port);
            return;
        }
        final int index = (p.flowHash() ^ port * 0x9E3779B1) >>> 26;
        final Chain chain = chains[index];
        final int payload = p.length - p.headers;
        final boolean plain = p.l4 == (p.version == 4 ? Ipv4.MIN_LENGTH : Ipv6.LENGTH);
        final boolean candidate = plain && payload > 0 && (tcp ? tso : uso)
                && (!tcp || (Tcp.flags(p.ip + p.l4) & ENDING) == 0) && ChecksumOffload.valid(p);
        if (chain.slot != null) {
            if (candidate && !chain.slot.sealed && joins(chain, p, port, payload)) {
                join(chain, p, payload);
                return;
            }
            end(chain);
        }
        if (candidate) {
            start(index, p, port, payload);
        } else {
            single(p, port);
        }
    }

    /** Queues a packet by itself. */
    public void single(Packet p, int port) {
        final TxSlot slot = queue.claim();
        slot.kind = TxSlot.TUN;
        slot.port = port;
        final long vnet = slot.scratch(VnetHdr.LENGTH);
        VnetHdr.clear(vnet);
        slot.append(vnet, VnetHdr.LENGTH);
        slot.append(p.ip, p.length);
        slot.segments = 1;
    }

    /** Finishes all chains; nothing is joined across batches. */
    public void endOfBatch() {
        endAll();
    }

    private void endAll() {
        for (int i = 0; i < usedCount; i++) {
            final Chain chain = chains[used[i]];
            if (chain.slot != null) {
                end(chain);
            }
        }
        usedCount = 0;
    }

    private void start(int index, Packet p, int port, int payload) {
        final TxSlot slot = queue.claim();
        final Chain chain = chains[index];
        slot.kind = TxSlot.TUN;
        slot.port = port;
        // The IP header starts 8-byte aligned behind the virtio_net_hdr.
        final long area = slot.scratch(16 + p.headers);
        chain.headers = area + 16;
        Memory.copySmall(p.ip, chain.headers, p.headers);
        slot.append(chain.headers - VnetHdr.LENGTH, VnetHdr.LENGTH + p.headers);
        slot.append(p.ip + p.headers, payload);
        slot.segments = 1;
        slot.segmentSize = payload;
        chain.slot = slot;
        chain.headersLength = p.headers;
        chain.l4 = p.l4;
        chain.version = p.version;
        chain.protocol = p.protocol;
        chain.payload = payload;
        if (p.protocol == IpProtocol.TCP) {
            chain.nextSequence = Memory.getIntBe(p.ip + p.l4 + Tcp.SEQUENCE) + payload;
            slot.sealed = (Tcp.flags(p.ip + p.l4) & Tcp.PSH) != 0;
        }
        if (p.version == 4) {
            chain.nextId = Memory.getShortBe(p.ip + Ipv4.ID) + 1 & 0xFFFF;
        }
        if (usedCount == CHAINS) {
            // Chains ended and begun again are listed twice; forget the ended ones.
            usedCount = 0;
            for (int i = 0; i < CHAINS; i++) {
                if (chains[i].slot != null && i != index) {
                    used[usedCount++] = i;
                }
            }
        }
        used[usedCount++] = index;
    }

    private static boolean joins(Chain chain, Packet p, int port, int payload) {
        final TxSlot slot = chain.slot;
        if (slot.port != port || p.protocol != chain.protocol || p.version != chain.version
                || p.headers != chain.headersLength || payload > slot.segmentSize
                || slot.bytes + payload > TxSlot.MAX_BYTES || slot.vectors == TxSlot.MAX_VECTORS
                || !sameIp(chain, p)) {
            return false;
        }
        final long a = chain.headers + chain.l4;
        final long b = p.ip + p.l4;
        if (Memory.getInt(a) != Memory.getInt(b)) {
            return false;
        }
        if (p.protocol == IpProtocol.UDP) {
            return slot.segments < MAX_UDP_SEGMENTS;
        }
        if (Memory.getIntBe(b + Tcp.SEQUENCE) != chain.nextSequence
                || Memory.getInt(a + Tcp.ACKNOWLEDGMENT) != Memory.getInt(b + Tcp.ACKNOWLEDGMENT)
                || ((Memory.getIntBe(a + Tcp.DATA_OFFSET) ^ Memory.getIntBe(b + Tcp.DATA_OFFSET)) & TCP_WORD_MASK)
                        != 0) {
            return false;
        }
        for (int i = Tcp.OPTIONS; i < p.headers - p.l4; i += 4) {
            if (Memory.getInt(a + i) != Memory.getInt(b + i)) {
                return false;
            }
        }
        return true;
    }

    /** Equal addresses, TOS, TTL and DF; without DF the ids must follow each other, as the kernel's GRO wants. */
    private static boolean sameIp(Chain chain, Packet p) {
        final long a = chain.headers;
        final long b = p.ip;
        if (p.version == 4) {
            return Memory.getLong(a + Ipv4.SOURCE) == Memory.getLong(b + Ipv4.SOURCE)
                    && Memory.getShort(a) == Memory.getShort(b)
                    && Memory.getByte(a + Ipv4.TTL) == Memory.getByte(b + Ipv4.TTL)
                    && Memory.getShort(a + Ipv4.FLAGS_FRAGMENT) == Memory.getShort(b + Ipv4.FLAGS_FRAGMENT)
                    && (Ipv4.dontFragment(b) || Memory.getShortBe(b + Ipv4.ID) == chain.nextId);
        }
        return Memory.getInt(a) == Memory.getInt(b)
                && Memory.getShort(a + Ipv6.NEXT_HEADER) == Memory.getShort(b + Ipv6.NEXT_HEADER)
                && Memory.getLong(a + Ipv6.SOURCE) == Memory.getLong(b + Ipv6.SOURCE)
                && Memory.getLong(a + Ipv6.SOURCE + 8) == Memory.getLong(b + Ipv6.SOURCE + 8)
                && Memory.getLong(a + Ipv6.DESTINATION) == Memory.getLong(b + Ipv6.DESTINATION)
                && Memory.getLong(a + Ipv6.DESTINATION + 8) == Memory.getLong(b + Ipv6.DESTINATION + 8);
    }

    private static void join(Chain chain, Packet p, int payload) {
        final TxSlot slot = chain.slot;
        slot.append(p.ip + p.headers, payload);
        slot.segments++;
        chain.payload += payload;
        chain.nextSequence += payload;
        chain.nextId = chain.nextId + 1 & 0xFFFF;
        slot.sealed = payload < slot.segmentSize;
        if (p.protocol == IpProtocol.TCP && (Tcp.flags(p.ip + p.l4) & Tcp.PSH) != 0) {
            final long flags = chain.headers + chain.l4 + Tcp.FLAGS;
            Memory.putByte(flags, Memory.getByte(flags) | Tcp.PSH);
            slot.sealed = true;
        }
    }

    /** Finishes the headers of a chain and forgets it. */
    private static void end(Chain chain) {
        final TxSlot slot = chain.slot;
        chain.slot = null;
        final long vnet = chain.headers - VnetHdr.LENGTH;
        if (slot.segments == 1) {
            VnetHdr.clear(vnet);
            return;
        }
        final long ip = chain.headers;
        final int length = chain.headersLength + chain.payload;
        if (chain.version == 4) {
            Memory.putShortBe(ip + Ipv4.TOTAL_LENGTH, length);
            Ipv4.writeChecksum(ip, Ipv4.MIN_LENGTH);
        } else {
            Memory.putShortBe(ip + Ipv6.PAYLOAD_LENGTH, length - Ipv6.LENGTH);
        }
        final int l4Length = length - chain.l4;
        final boolean tcp = chain.protocol == IpProtocol.TCP;
        if (!tcp) {
            Memory.putShortBe(ip + chain.l4 + Udp.DATAGRAM_LENGTH, l4Length);
        }
        final int field = tcp ? Tcp.CHECKSUM : Udp.CHECKSUM;
        Memory.putShort(ip + chain.l4 + field,
                Checksum.fold(Checksum.pseudo(ip, chain.version, chain.protocol, l4Length)));
        final int type = !tcp ? VnetHdr.GSO_UDP_L4 : chain.version == 4 ? VnetHdr.GSO_TCPV4 : VnetHdr.GSO_TCPV6;
        VnetHdr.write(vnet, type, chain.headersLength, slot.segmentSize, chain.l4, field);
    }
}
