package dev.ringway.underlay.netty;

import io.netty.channel.uring.IoUringIoOps;

/** The io_uring operations the switch submits (linux/io_uring.h); Netty keeps its own numbers to itself. */
final class Uring {
    static final byte WRITEV = 2;
    static final byte SENDMSG = 9;
    static final byte RECVMSG = 10;
    static final byte ASYNC_CANCEL = 14;
    static final byte READ = 22;

    /** Offset of a read or write on something that has no position. */
    private static final long NO_OFFSET = -1L;
    /** RWF_NOWAIT of linux/fs.h: fail with EAGAIN instead of waiting for data. */
    static final int RWF_NOWAIT = 8;
    /** MSG_DONTWAIT of linux/socket.h. */
    static final int MSG_DONTWAIT = 0x40;

    private Uring() {
    }

    static IoUringIoOps read(int fd, long address, int length, int flags, int tag) {
        return ops(READ, fd, NO_OFFSET, address, length, flags, tag);
    }

    static IoUringIoOps writev(int fd, long vectors, int count, int tag) {
        return ops(WRITEV, fd, NO_OFFSET, vectors, count, 0, tag);
    }

    static IoUringIoOps recvmsg(int fd, long msghdr, int flags, int tag) {
        return ops(RECVMSG, fd, 0, msghdr, 1, flags, tag);
    }

    static IoUringIoOps sendmsg(int fd, long msghdr, int flags, int tag) {
        return ops(SENDMSG, fd, 0, msghdr, 1, flags, tag);
    }

    /** Cancels the operation that was submitted under this id. */
    static IoUringIoOps cancel(long id, int tag) {
        return ops(ASYNC_CANCEL, -1, 0, id, 0, 0, tag);
    }

    private static IoUringIoOps ops(byte opcode, int fd, long offset, long address, int length, int flags, int tag) {
        return new IoUringIoOps(opcode, (byte) 0, (short) 0, fd, offset, address, length, flags, (long) tag,
                (short) 0, (short) 0, 0, 0L);
    }
}
