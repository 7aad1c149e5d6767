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
    private static final ValueLayout.OfInt I = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong L = ValueLayout.JAVA_LONG;

    private static final MethodHandle OPEN = function("open", true, I, L, I);
    private static final MethodHandle CLOSE = function("close", false, I, I);
    private static final MethodHandle IOCTL = function("ioctl", true, I, I, L, L);
    private static final MethodHandle SOCKET = function("socket", false, I, I, I, I);
    private static final MethodHandle BIND = function("bind", false, I, I, L, I);
    private static final MethodHandle CONNECT = function("connect", false, I, I, L, I);
    private static final MethodHandle GETSOCKNAME = function("getsockname", false, I, I, L, L);
    private static final MethodHandle SETSOCKOPT = function("setsockopt", false, I, I, I, I, L, I);
    private static final MethodHandle GETSOCKOPT = function("getsockopt", false, I, I, I, I, L, L);
    private static final MethodHandle SETNS = function("setns", false, I, I, I);
    private static final MethodHandle MMAP = function("mmap", false, L, L, L, I, I, I, L);
    private static final MethodHandle MUNMAP = function("munmap", false, I, L, L);
    private static final MethodHandle RECVMSG = function("recvmsg", false, L, I, L, I);
    private static final MethodHandle SENDMSG = function("sendmsg", false, L, I, L, I);

    private static final ThreadLocal<MemorySegment> CAPTURE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private Libc() {
    }

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment text = arena.allocateFrom(path);
            return (int) call(OPEN, text.address(), flags);
        }
    }

    static int close(int fd) {
        return (int) call(CLOSE, fd);
    }

    static int ioctl(int fd, long request, long argument) {
        return (int) call(IOCTL, fd, request, argument);
    }

    static int socket(int domain, int type, int protocol) {
        return (int) call(SOCKET, domain, type, protocol);
    }

    static int bind(int fd, long address, int length) {
        return (int) call(BIND, fd, address, length);
    }

    static int connect(int fd, long address, int length) {
        return (int) call(CONNECT, fd, address, length);
    }

    static int getsockname(int fd, long address, long length) {
        return (int) call(GETSOCKNAME, fd, address, length);
    }

    static int setsockopt(int fd, int level, int option, long value, int length) {
        return (int) call(SETSOCKOPT, fd, level, option, value, length);
    }

    static int getsockopt(int fd, int level, int option, long value, long length) {
        return (int) call(GETSOCKOPT, fd, level, option, value, length);
    }

    static int setns(int fd, int type) {
        return (int) call(SETNS, fd, type);
    }

    static long mmap(long length, int protection, int flags) {
        return call(MMAP, 0L, length, protection, flags, -1, 0L);
    }

    static int munmap(long address, long length) {
        return (int) call(MUNMAP, address, length);
    }

    static int recvmsg(int fd, long msghdr, int flags) {
        return (int) call(RECVMSG, fd, msghdr, flags);
    }

    static int sendmsg(int fd, long msghdr, int flags) {
        return (int) call(SENDMSG, fd, msghdr, flags);
    }

    private static long call(MethodHandle function, Object... arguments) {
        final MemorySegment capture = CAPTURE.get();
        final Object[] all = new Object[arguments.length + 1];
        all[0] = capture;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            final long result = ((Number) function.invokeWithArguments(all)).longValue();
            return result == -1 ? -(int) ERRNO.get(capture, 0L) : result;
        } catch (Throwable e) {
            throw new IllegalStateException("calling libc", e);
        }
    }

    private static MethodHandle function(String name, boolean variadic, MemoryLayout result,
            MemoryLayout... arguments) {
        final Linker.Option errno = Linker.Option.captureCallState("errno");
        // open and ioctl are variadic from their third argument on.
        final Linker.Option[] options = variadic
                ? new Linker.Option[] {errno, Linker.Option.firstVariadicArg(2)} : new Linker.Option[] {errno};
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments), options);
    }
}
