package dev.ringway.shard;

import dev.ringway.offload.ChecksumOffload;
import dev.ringway.offload.Coalescer;
import dev.ringway.offload.Fragmenter;
import dev.ringway.offload.Segmenter;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.packet.TxQueue;
import dev.ringway.packet.TxSlot;
import dev.ringway.tun.TokenBucket;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.VnetHdr;

/** Packets to local ports: pods and the node itself. Switch thread. */
final class PortOutput {
    private final TxQueue queue;
    private final Coalescer coalescer;
    private final Segmenter segmenter = new Segmenter();
    private final Fragmenter fragmenter = new Fragmenter();
    private final int shard;
    private final DropCounters drops;
    private long nowNs;

    PortOutput(TxQueue queue, DropCounters drops, int shard) {
        this.queue = queue;
        this.drops = drops;
        this.shard = shard;
        coalescer = new Coalescer(queue);
    }

    /**
     * Hands a packet from one local port on to another: header, flags and unfinished checksum go with it unchanged,
     * as its virtio_net_hdr stands in front of it. Split in software where the receiver takes no super-packets.
     */
    void forward(Packet p, TunPort to) {
        if (overLimit(p, to)) {
            return;
        }
        final boolean udp = p.gsoType == VnetHdr.GSO_UDP_L4;
        if (p.isSuper() && !(udp ? to.offloads().uso() : to.offloads().tso())) {
            split(p, to);
            return;
        }
        if (!to.offloads().tso()) {
            ChecksumOffload.finish(p);
            VnetHdr.clear(p.ip - VnetHdr.LENGTH);
        }
        final TxSlot slot = slot(to);
        slot.append(p.ip - VnetHdr.LENGTH, VnetHdr.LENGTH + p.length);
        slot.segments = 1;
        count(to, p);
    }

    /** Delivers a packet from the underlay, joined with its neighbours where possible. */
    void deliver(Packet p, TunPort to) {
        if (overLimit(p, to)) {
            return;
        }
        coalescer.add(p, to.number(), to.offloads().tso(), to.offloads().uso());
        to.counters(shard).sent(1, p.length);
    }

    /** Delivers a super-packet from the underlay, its checksum unfinished, as one. */
    void deliverSuper(Packet p, TunPort to) {
        if (overLimit(p, to)) {
            return;
        }
        if (!to.offloads().tso()) {
            split(p, to);
            return;
        }
        final TxSlot slot = slot(to);
        final long vnet = slot.scratch(VnetHdr.LENGTH);
        VnetHdr.write(vnet, p.gsoType, p.headers, p.gsoSize, p.checksumStart, p.checksumOffset);
        slot.append(vnet, VnetHdr.LENGTH);
        slot.append(p.ip, p.length);
        slot.segments = 1;
        count(to, p);
    }

    /** Fragments an IPv4 packet without DF for a port of a smaller MTU. */
    void fragment(Packet p, TunPort to) {
        if (overLimit(p, to)) {
            return;
        }
        final int count = fragmenter.begin(p, to.mtu());
        for (int i = 0; i < count; i++) {
            final int header = fragmenter.headerLength(i);
            final TxSlot slot = slot(to);
            final long at = slot.scratch(16 + header) + 16;
            VnetHdr.clear(at - VnetHdr.LENGTH);
            fragmenter.writeHeader(at, i);
            slot.append(at - VnetHdr.LENGTH, VnetHdr.LENGTH + header);
            slot.append(fragmenter.dataAddress(i), fragmenter.dataLength(i));
            slot.segments = 1;
        }
        to.counters(shard).sent(count, p.length);
    }

    /** Room for a message that the caller writes itself: returns where {@code length} bytes of IP packet go. */
    long message(int length, TunPort to) {
        final TxSlot slot = slot(to);
        final long at = slot.scratch(16 + length) + 16;
        VnetHdr.clear(at - VnetHdr.LENGTH);
        slot.append(at - VnetHdr.LENGTH, VnetHdr.LENGTH + length);
        slot.segments = 1;
        to.counters(shard).sent(1, length);
        return at;
    }

    private boolean overLimit(Packet p, TunPort to) {
        final TokenBucket limit = to.ingress();
        if (limit == null || limit.tryTake(p.length, nowNs)) {
            return false;
        }
        drops.count(DropReason.BANDWIDTH);
        to.counters(shard).dropped();
        return true;
    }

    void beginBatch(long atNs) {
        nowNs = atNs;
    }

    void endOfBatch() {
        coalescer.endOfBatch();
    }

    private void split(Packet p, TunPort to) {
        segmenter.begin(p);
        for (int i = 0; i < segmenter.count(); i++) {
            final TxSlot slot = slot(to);
            final long at = slot.scratch(16 + p.headers) + 16;
            VnetHdr.clear(at - VnetHdr.LENGTH);
            segmenter.writeHeaders(at, i);
            slot.append(at - VnetHdr.LENGTH, VnetHdr.LENGTH + p.headers);
            slot.append(segmenter.payloadAddress(i), segmenter.payloadLength(i));
            slot.segments = 1;
        }
        count(to, p);
    }

    private TxSlot slot(TunPort to) {
        final TxSlot slot = queue.claim();
        slot.kind = TxSlot.TUN;
        slot.port = to.number();
        return slot;
    }

    private void count(TunPort to, Packet p) {
        to.counters(shard).sent(p.segments(), p.length);
    }
}
