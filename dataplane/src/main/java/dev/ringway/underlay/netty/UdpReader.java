package dev.ringway.underlay.netty;

import dev.ringway.linux.MsgHdr;
import dev.ringway.linux.SockAddr;
import dev.ringway.linux.Sockets;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.RxSlot;
import dev.ringway.ring.RxRing;
import dev.ringway.wire.Memory;
import io.netty.channel.uring.IoUringIoOps;

/**
 * Reads the underlay's socket with a msghdr of our own in each buffer's META area, so that the sender's address, the
 * segment size of a UDP_GRO train and the outer TOS arrive with the bytes; Netty's own datagram channel has none of
 * the latter two.
 */
final class UdpReader extends Reader {
    private static final int MSGHDR = Buffers.META;
    private static final int VECTOR = Buffers.META + MsgHdr.LENGTH;
    private static final int NAME = VECTOR + 16;
    private static final int CONTROL = NAME + 32;
    private static final int CONTROL_LENGTH = 64;

    private final int fd;
    private final int version;

    UdpReader(int fd, int version, RxRing ring, Buffers buffers, DropCounters drops, Listener listener) {
        super(ring, buffers, drops, listener);
        this.fd = fd;
        this.version = version;
    }

    @Override
    IoUringIoOps operation(int buffer, long address, boolean mayWait) {
        Memory.putLong(address + VECTOR, address + Buffers.DATA);
        Memory.putLong(address + VECTOR + 8, Buffers.CAPACITY);
        MsgHdr.write(address + MSGHDR, address + NAME, SockAddr.MAX_LENGTH, address + VECTOR, 1, address + CONTROL,
                CONTROL_LENGTH);
        return Uring.recvmsg(fd, address + MSGHDR, mayWait ? 0 : Uring.MSG_DONTWAIT, buffer);
    }

    @Override
    void fill(RxSlot slot, long address, int bytes) {
        slot.data = address + Buffers.DATA;
        slot.length = bytes;
        slot.port = RxSlot.UNDERLAY;
        slot.sourceHi = SockAddr.hi(address + NAME);
        slot.sourceLo = SockAddr.lo(address + NAME);
        final long segment = MsgHdr.find(address + MSGHDR, Sockets.SOL_UDP, Sockets.UDP_GRO);
        slot.segmentSize = segment == 0 ? bytes : Memory.getInt(segment);
        // IP_RECVTOS delivers one byte, IPV6_RECVTCLASS an int.
        final long tos = version == 4 ? MsgHdr.find(address + MSGHDR, Sockets.SOL_IP, Sockets.IP_TOS)
                : MsgHdr.find(address + MSGHDR, Sockets.SOL_IPV6, Sockets.IPV6_TCLASS);
        slot.tos = tos == 0 ? 0 : version == 4 ? Memory.getByte(tos) : Memory.getInt(tos) & 0xFF;
    }
}
