package dev.ringway.underlay.netty;

import dev.ringway.linux.Errno;
import dev.ringway.linux.MsgHdr;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.TxSlot;
import dev.ringway.ring.TxRing;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.SingleSends;
import dev.ringway.underlay.UnderlayOffloads;
import dev.ringway.underlay.UnderlaySockets;
import dev.ringway.wire.VnetHdr;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.util.Arrays;

/**
 * Carries out what the transmit ring holds: gather writes to TUN devices and sends on the source sockets. A slot's
 * number in the ring is the tag of its operation. Errors never leave this class: each is a counted drop, a learned
 * path MTU or the end of an offload. I/O thread only.
 */
final class Sender implements IoUringIoHandle {
    private final TxRing ring;
    private final UnderlaySockets sockets;
    private final UnderlayOffloads offloads;
    private final DropCounters drops;
    private final PathMtuLearner pathMtu;
    private final SingleSends singles;
    private final int mask;
    private TunPort[] ports = new TunPort[16];
    private IoRegistration registration;

    /** Told of a send that was refused, to find the path MTU of its destination. */
    interface PathMtuLearner {
        /** Returns true if the datagrams were larger than the path takes. */
        boolean tooBig(TxSlot slot);
    }

    Sender(TxRing ring, UnderlaySockets sockets, UnderlayOffloads offloads, DropCounters drops,
            PathMtuLearner pathMtu) {
        this.ring = ring;
        this.sockets = sockets;
        this.offloads = offloads;
        this.drops = drops;
        this.pathMtu = pathMtu;
        singles = new SingleSends();
        mask = ring.capacity() - 1;
    }

    void attach(IoRegistration to) {
        registration = to;
    }

    void addPort(TunPort port) {
        if (port.number() >= ports.length) {
            ports = Arrays.copyOf(ports, Math.max(ports.length * 2, port.number() + 1));
        }
        ports[port.number()] = port;
    }

    void removePort(TunPort port) {
        if (ports[port.number()] == port) {
            ports[port.number()] = null;
        }
    }

    /** Submits a slot; the ring's handler. */
    void submit(TxSlot slot, long sequence) {
        final int tag = (int) sequence & mask;
        switch (slot.kind) {
            case TxSlot.TUN -> submitWrite(slot, tag);
            case TxSlot.UDP -> submitSend(slot, tag);
            default -> ring.complete(slot);
        }
    }

    private void submitWrite(TxSlot slot, int tag) {
        final TunPort port = slot.port < ports.length ? ports[slot.port] : null;
        if (port == null) {
            drops.add(DropReason.PORT_GONE, slot.segments);
            ring.complete(slot);
            return;
        }
        if (!port.offloads().vnetHdr()) {
            slot.trimFirst(VnetHdr.LENGTH);
        }
        registration.submit(Uring.writev(port.fd().number(), slot.vectorsAddress(), slot.vectors, tag));
    }

    private void submitSend(TxSlot slot, int tag) {
        final int control = MsgHdr.writeSendControl(slot.control(), slot.segments > 1 ? slot.segmentSize : 0,
                sockets.version(), slot.tos);
        MsgHdr.write(slot.msghdr(), slot.name, slot.nameLength, slot.vectorsAddress(), slot.vectors, slot.control(),
                control);
        registration.submit(
                Uring.sendmsg(sockets.source(slot.socket).number(), slot.msghdr(), Uring.MSG_DONTWAIT, tag));
    }

    @Override
    public void handle(IoRegistration from, IoEvent ioEvent) {
        final IoUringIoEvent event = (IoUringIoEvent) ioEvent;
        final TxSlot slot = ring.get(event.userData());
        if (event.res() < 0) {
            failed(slot, -event.res());
        }
        ring.complete(slot);
    }

    private void failed(TxSlot slot, int errno) {
        if (slot.kind == TxSlot.TUN) {
            drops.add(DropReason.TUN_WRITE, slot.segments);
            if (errno == Errno.EINVAL && slot.segments > 1 && ports[slot.port] != null) {
                // Some kernels refuse what they negotiated; from now on this port gets plain packets.
                ports[slot.port].refuseSuperPackets();
            }
            return;
        }
        switch (errno) {
            case Errno.EAGAIN, Errno.ENOBUFS -> drops.add(DropReason.UNDERLAY_BUSY, slot.segments);
            case Errno.EMSGSIZE, Errno.EIO, Errno.EINVAL -> {
                // Kernels before 6.10 say EINVAL for a segment larger than the path, too.
                if (pathMtu.tooBig(slot) || errno == Errno.EMSGSIZE) {
                    drops.add(DropReason.UNDERLAY_TOO_BIG, slot.segments);
                } else if (slot.segments > 1) {
                    // The device under the route cannot segment (no checksum offload, or IPsec): send them singly.
                    offloads.turnGsoOff("refused by the kernel with " + Errno.describe(errno));
                    final int lost = singles.send(sockets.source(slot.socket), slot, sockets.version());
                    drops.add(DropReason.UNDERLAY_SEND, lost);
                } else {
                    drops.count(DropReason.UNDERLAY_SEND);
                }
            }
            default -> drops.add(DropReason.UNDERLAY_SEND, slot.segments);
        }
    }

    @Override
    public void registered() {
        // The registration arrives through attach().
    }

    @Override
    public void unregistered() {
        // Nothing of its own to free.
    }

    @Override
    public void close() {
        registration.cancel();
    }
}
