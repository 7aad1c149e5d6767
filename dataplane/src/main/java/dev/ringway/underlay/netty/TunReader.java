package dev.ringway.underlay.netty;

import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.RxSlot;
import dev.ringway.ring.RxRing;
import dev.ringway.tun.TokenBucket;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.VnetHdr;
import io.netty.channel.uring.IoUringIoOps;

/** Reads a TUN device: one packet or super-packet a read, the virtio_net_hdr just in front of DATA. */
final class TunReader extends Reader {
    private final int fd;
    private final TunPort port;
    private final int header;

    TunReader(TunPort port, RxRing ring, Buffers buffers, DropCounters drops, Listener listener) {
        super(ring, buffers, drops, listener);
        fd = port.fd().number();
        this.port = port;
        header = port.offloads().vnetHdr() ? VnetHdr.LENGTH : 0;
    }

    boolean reads(TunPort other) {
        return port == other;
    }

    @Override
    IoUringIoOps operation(int buffer, long address, boolean mayWait) {
        return Uring.read(fd, address + Buffers.DATA - header, Buffers.CAPACITY + header,
                mayWait ? 0 : Uring.RWF_NOWAIT, buffer);
    }

    @Override
    void fill(RxSlot slot, long address, int bytes) {
        if (header == 0) {
            VnetHdr.clear(address + Buffers.DATA - VnetHdr.LENGTH);
        }
        slot.data = address + Buffers.DATA;
        slot.length = bytes - header;
        slot.port = port.number();
        final TokenBucket limit = port.egress();
        if (limit != null) {
            final long nowNs = System.nanoTime();
            pauseUntil(nowNs + limit.take(slot.length, nowNs));
        }
    }

    @Override
    boolean isLimited() {
        return port.egress() != null;
    }
}
