package dev.ringway.shard;

import dev.ringway.encap.Ecn;
import dev.ringway.encap.EntropyPort;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.fib.Vtep;
import dev.ringway.offload.Fragmenter;
import dev.ringway.offload.Segmenter;
import dev.ringway.packet.Packet;
import dev.ringway.packet.TxQueue;
import dev.ringway.packet.TxSlot;
import dev.ringway.underlay.UnderlayOffloads;
import java.util.Arrays;

/**
 * Packets to other nodes: puts the tunnel header in front and gathers what goes the same way (VTEP, source socket,
 * TOS) and has equal length into one UDP_SEGMENT send. A split super-packet gives exactly that; small packets of any
 * flows do too.
 *
 * <p>Switch thread. Sends stay open for appending until the end of the batch.
 */
final class TunnelOutput {
    private static final int OPEN = 32;

    private final TxQueue queue;
    private final TunnelCodec codec;
    private final UnderlayOffloads offloads;
    private final int sockets;
    private final boolean uniformDscp;
    private final int shard;
    private final Segmenter segmenter = new Segmenter();
    private final Fragmenter fragmenter = new Fragmenter();
    private final TxSlot[] open = new TxSlot[OPEN];

    /**
     * @param sockets     number of source sockets
     * @param uniformDscp copy the inner DSCP to the outer header
     */
    TunnelOutput(TxQueue queue, TunnelCodec codec, UnderlayOffloads offloads, int sockets, boolean uniformDscp,
            int shard) {
        this.queue = queue;
        this.codec = codec;
        this.offloads = offloads;
        this.sockets = sockets;
        this.uniformDscp = uniformDscp;
        this.shard = shard;
    }

    /**
     * Sends a packet with a finished checksum. Its tunnel header is written in place in front of it.
     *
     * @param p a packet with {@code Buffers} headroom in front that nobody else needs
     */
    void send(Packet p, Vtep vtep) {
        final int header = codec.headerLength();
        codec.write(p.ip - header, p.version, vtep.mac());
        final TxSlot slot = slotFor(vtep, socket(p), tos(p), header + p.length, 1, 0);
        slot.append(p.ip - header, header + p.length);
        vtep.counters(shard).sent(1, p.length);
    }

    /** Splits a super-packet and sends its segments. */
    void sendSuper(Packet p, Vtep vtep) {
        segmenter.begin(p);
        final int header = codec.headerLength() + p.headers;
        final int socket = socket(p);
        final int tos = tos(p);
        for (int i = 0; i < segmenter.count(); i++) {
            final int data = segmenter.payloadLength(i);
            final TxSlot slot = slotFor(vtep, socket, tos, header + data, 2, header);
            final long at = slot.scratch(header);
            codec.write(at, p.version, vtep.mac());
            segmenter.writeHeaders(at + header - p.headers, i);
            slot.append(at, header);
            slot.append(segmenter.payloadAddress(i), data);
        }
        vtep.counters(shard).sent(segmenter.count(), p.length + (segmenter.count() - 1) * p.headers);
    }

    /** Fragments an IPv4 packet without DF and sends the fragments. */
    void sendFragments(Packet p, Vtep vtep, int mtu) {
        final int count = fragmenter.begin(p, mtu);
        for (int i = 0; i < count; i++) {
            final int header = codec.headerLength() + fragmenter.headerLength(i);
            final int data = fragmenter.dataLength(i);
            final TxSlot slot = slotFor(vtep, socket(p), tos(p), header + data, 2, header);
            final long at = slot.scratch(header);
            codec.write(at, 4, vtep.mac());
            fragmenter.writeHeader(at + codec.headerLength(), i);
            slot.append(at, header);
            slot.append(fragmenter.dataAddress(i), data);
        }
        vtep.counters(shard).sent(count, p.length);
    }

    /**
     * Room for a message that the caller writes itself (ICMP error, neighbour reply): returns the address behind the
     * tunnel header, where {@code length} bytes of IP packet go.
     */
    long message(int ipVersion, int length, Vtep vtep, int flowHash) {
        final int header = codec.headerLength();
        final TxSlot slot = newSlot(vtep, EntropyPort.index(flowHash, sockets), 0);
        final long at = slot.scratch(header + length);
        codec.write(at, ipVersion, vtep.mac());
        slot.append(at, header + length);
        slot.segments = 1;
        slot.segmentSize = header + length;
        vtep.counters(shard).sent(1, length);
        return at + header;
    }

    /** Room for an ARP reply: the whole datagram with its own inner Ethernet type; see {@link #message}. */
    long rawMessage(int length, Vtep vtep) {
        final TxSlot slot = newSlot(vtep, 0, 0);
        final long at = slot.scratch(length);
        slot.append(at, length);
        slot.segments = 1;
        slot.segmentSize = length;
        return at;
    }

    void endOfBatch() {
        Arrays.fill(open, null);
    }

    private int socket(Packet p) {
        return EntropyPort.index(p.flowHash(), sockets);
    }

    private int tos(Packet p) {
        return Ecn.outer(p.tos(), uniformDscp);
    }

    private TxSlot slotFor(Vtep vtep, int socket, int tos, int length, int vectors, int scratch) {
        // Not by TOS: a flow whose marks change must not be overtaken by its own later packets.
        final int i = vtep.index() * 31 + socket & OPEN - 1;
        final TxSlot slot = open[i];
        if (slot != null && slot.vtep == vtep.index() && slot.socket == socket && slot.tos == tos && !slot.sealed
                && length <= slot.segmentSize && slot.segments < offloads.maxSegments()
                && slot.bytes + length <= TxSlot.MAX_BYTES && slot.vectors + vectors <= TxSlot.MAX_VECTORS
                && slot.scratchLeft() >= scratch) {
            slot.segments++;
            slot.sealed = length < slot.segmentSize;
            return slot;
        }
        final TxSlot fresh = newSlot(vtep, socket, tos);
        fresh.segments = 1;
        fresh.segmentSize = length;
        open[i] = fresh;
        return fresh;
    }

    private TxSlot newSlot(Vtep vtep, int socket, int tos) {
        final TxSlot slot = queue.claim();
        slot.kind = TxSlot.UDP;
        slot.vtep = vtep.index();
        slot.name = vtep.socketAddress();
        slot.nameLength = vtep.socketAddressLength();
        slot.socket = socket;
        slot.tos = tos;
        return slot;
    }
}
