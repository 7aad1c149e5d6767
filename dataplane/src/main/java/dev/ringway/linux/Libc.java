package dev.ringway.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls that set the switch up, through java.lang.foreign. Results below zero become the negated errno, as
 * the kernel itself returns them. For set-up and rare events; packets go through io_uring.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfLong L = ValueLayout.JAVA_LONG;

    /**
     * One handle for all functions, as making one costs more at start than all calls together: six registers, of which
     * each function reads as many, and of each as many bits, as it has parameters (also the variadic open and ioctl).
     */
    private static final MethodHandle CALL = LINKER.downcallHandle(FunctionDescriptor.of(L, L, L, L, L, L, L),
            Linker.Option.captureCallState("errno"));

    private static final MemorySegment OPEN = symbol("open");
    private static final MemorySegment CLOSE = symbol("close");
    private static final MemorySegment IOCTL = symbol("ioctl");
    private static final MemorySegment SOCKET = symbol("socket");
    private static final MemorySegment BIND = symbol("bind");
    private static final MemorySegment CONNECT = symbol("connect");
    private static final MemorySegment GETSOCKNAME = symbol("getsockname");
    private static final MemorySegment SETSOCKOPT = symbol("setsockopt");
    private static final MemorySegment GETSOCKOPT = symbol("getsockopt");
    private static final MemorySegment SETNS = symbol("setns");
    private static final MemorySegment MMAP = symbol("mmap");
    private static final MemorySegment MUNMAP = symbol("munmap");
    private static final MemorySegment MADVISE = symbol("madvise");
    private static final MemorySegment RECVMSG = symbol("recvmsg");
    private static final MemorySegment SENDMSG = symbol("sendmsg");
    private static final MemorySegment SEND = symbol("send");
    private static final MemorySegment RECV = symbol("recv");
    private static final MemorySegment READ = symbol("read");
    private static final MemorySegment POLL = symbol("poll");
    private static final MemorySegment INOTIFY_INIT1 = symbol("inotify_init1");
    private static final MemorySegment INOTIFY_ADD_WATCH = symbol("inotify_add_watch");
    private static final MemorySegment INOTIFY_RM_WATCH = symbol("inotify_rm_watch");

    private static final ThreadLocal<MemorySegment> CAPTURE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private Libc() {
    }

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return call(OPEN, arena.allocateFrom(path).address(), flags, 0, 0, 0);
        }
    }

    static int close(int fd) {
        return call(CLOSE, fd, 0, 0, 0, 0);
    }

    static int ioctl(int fd, long request, long argument) {
        return call(IOCTL, fd, request, argument, 0, 0);
    }

    static int socket(int domain, int type, int protocol) {
        return call(SOCKET, domain, type, protocol, 0, 0);
    }

    static int bind(int fd, long address, int length) {
        return call(BIND, fd, address, length, 0, 0);
    }

    static int connect(int fd, long address, int length) {
        return call(CONNECT, fd, address, length, 0, 0);
    }

    static int getsockname(int fd, long address, long length) {
        return call(GETSOCKNAME, fd, address, length, 0, 0);
    }

    static int setsockopt(int fd, int level, int option, long value, int length) {
        return call(SETSOCKOPT, fd, level, option, value, length);
    }

    static int getsockopt(int fd, int level, int option, long value, long length) {
        return call(GETSOCKOPT, fd, level, option, value, length);
    }

    static int setns(int fd, int type) {
        return call(SETNS, fd, type, 0, 0, 0);
    }

    static long mmap(long length, int protection, int flags) {
        return invoke(MMAP, 0, length, protection, flags, -1, 0);
    }

    static int madvise(long address, long length, int advice) {
        return call(MADVISE, address, length, advice, 0, 0);
    }

    static int munmap(long address, long length) {
        return call(MUNMAP, address, length, 0, 0, 0);
    }

    static int recvmsg(int fd, long msghdr, int flags) {
        return call(RECVMSG, fd, msghdr, flags, 0, 0);
    }

    static int sendmsg(int fd, long msghdr, int flags) {
        return call(SENDMSG, fd, msghdr, flags, 0, 0);
    }

    static int send(int fd, long at, int length, int flags) {
        return call(SEND, fd, at, length, flags, 0);
    }

    static int recv(int fd, long at, int length, int flags) {
        return call(RECV, fd, at, length, flags, 0);
    }

    static int read(int fd, long at, int length) {
        return call(READ, fd, at, length, 0, 0);
    }

    static int poll(long pollfds, int count, int timeoutMs) {
        return call(POLL, pollfds, count, timeoutMs, 0, 0);
    }

    static int inotifyInit(int flags) {
        return call(INOTIFY_INIT1, flags, 0, 0, 0, 0);
    }

    static int inotifyAddWatch(int fd, String path, int mask) {
        try (Arena arena = Arena.ofConfined()) {
            return call(INOTIFY_ADD_WATCH, fd, arena.allocateFrom(path).address(), mask, 0, 0);
        }
    }

    static int inotifyRemoveWatch(int fd, int watch) {
        return call(INOTIFY_RM_WATCH, fd, watch, 0, 0, 0);
    }

    /** Of a function that returns an int or a count that fits into one: the upper half of the register says nothing. */
    private static int call(MemorySegment function, long a, long b, long c, long d, long e) {
        return (int) invoke(function, a, b, c, d, e, 0);
    }

    private static long invoke(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        final MemorySegment capture = CAPTURE.get();
        try {
            final long result = (long) CALL.invokeExact(function, capture, a, b, c, d, e, f);
            return (int) result == -1 ? -(int) ERRNO.get(capture, 0L) : result;
        } catch (Throwable t) {
            throw new IllegalStateException("calling libc", t);
        }
    }

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }
}
