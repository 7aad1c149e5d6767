package dev.ringway.linux;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sockets and their options by number (linux/socket.h, linux/udp.h, linux/in.h, linux/in6.h). */
public final class Sockets {
    public static final int SOL_SOCKET = 1;
    public static final int SOL_IP = 0;
    public static final int SOL_IPV6 = 41;
    public static final int SOL_UDP = 17;

    public static final int SO_NO_CHECK = 11;
    public static final int SO_REUSEPORT = 15;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    public static final int UDP_NO_CHECK6_TX = 101;
    public static final int UDP_NO_CHECK6_RX = 102;
    public static final int UDP_SEGMENT = 103;
    public static final int UDP_GRO = 104;

    public static final int IP_TOS = 1;
    public static final int IP_MTU_DISCOVER = 10;
    public static final int IP_RECVERR = 11;
    public static final int IP_RECVTOS = 13;
    public static final int IP_MTU = 14;
    public static final int IP_PMTUDISC_DO = 2;
    public static final int IPV6_MTU_DISCOVER = 23;
    public static final int IPV6_MTU = 24;
    public static final int IPV6_RECVERR = 25;
    public static final int IPV6_V6ONLY = 26;
    public static final int IPV6_DONTFRAG = 62;
    public static final int IPV6_RECVTCLASS = 66;
    public static final int IPV6_TCLASS = 67;

    public static final int MSG_DONTWAIT = 0x40;

    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;

    private Sockets() {
    }

    /** An unbound UDP socket of IP version 4 or 6; blocking, as io_uring wants it to be able to wait. */
    public static Fd udp(int version) throws LinuxException {
        final int fd = Libc.socket(version == 4 ? SockAddr.AF_INET : SockAddr.AF_INET6, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            throw new LinuxException("UDP socket of IPv" + version, -fd);
        }
        return new Fd(fd);
    }

    /** Binds to an address (128 bits, IPv4 in the top 32) and port. */
    public static void bind(Fd socket, int version, long hi, long lo, int port) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(SockAddr.MAX_LENGTH, 8).address();
            final int result = Libc.bind(socket.number(), at, SockAddr.write(at, version, hi, lo, port));
            if (result < 0) {
                throw new LinuxException("binding UDP port " + port, -result);
            }
        }
    }

    /** The local port a socket is bound to. */
    public static int port(Fd socket) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(SockAddr.MAX_LENGTH + 12, 8).address();
            final long length = at + 32;
            Memory.putInt(length, SockAddr.MAX_LENGTH);
            final int result = Libc.getsockname(socket.number(), at, length);
            if (result < 0) {
                throw new LinuxException("getsockname", -result);
            }
            return SockAddr.port(at);
        }
    }

    /** sendmsg(2) without waiting; returns bytes or a negated errno. */
    public static int send(Fd socket, long msghdr) {
        return Libc.sendmsg(socket.number(), msghdr, MSG_DONTWAIT);
    }

    /** recvmsg(2) without waiting; returns bytes or a negated errno. */
    public static int receive(Fd socket, long msghdr) {
        return Libc.recvmsg(socket.number(), msghdr, MSG_DONTWAIT);
    }

    /** Sets an int option or fails, naming it. */
    public static void set(Fd socket, int level, int option, int value, String name) throws LinuxException {
        final int result = trySet(socket, level, option, value);
        if (result < 0) {
            throw new LinuxException("socket option " + name, -result);
        }
    }

    /** Sets an int option; returns 0 or a negated errno. */
    public static int trySet(Fd socket, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(4, 4).address();
            Memory.putInt(at, value);
            return Libc.setsockopt(socket.number(), level, option, at, 4);
        }
    }

    /** Sets an option to a structure. */
    public static void set(Fd socket, int level, int option, MemorySegment value, String name) throws LinuxException {
        final int result =
                Libc.setsockopt(socket.number(), level, option, value.address(), Math.toIntExact(value.byteSize()));
        if (result < 0) {
            throw new LinuxException("socket option " + name, -result);
        }
    }

    /**
     * The kernel's path MTU to a destination: that of a throw-away socket connected to it.
     *
     * @param destination       a sockaddr
     * @param destinationLength its length
     * @return bytes, or a negated errno
     */
    public static int pathMtu(int version, long destination, int destinationLength) {
        final int fd = Libc.socket(version == 4 ? SockAddr.AF_INET : SockAddr.AF_INET6, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            return fd;
        }
        try (Fd socket = new Fd(fd); Arena arena = Arena.ofConfined()) {
            final int connected = Libc.connect(socket.number(), destination, destinationLength);
            if (connected < 0) {
                return connected;
            }
            final long value = arena.allocate(8, 8).address();
            Memory.putInt(value + 4, 4);
            final int result = version == 4
                    ? Libc.getsockopt(socket.number(), SOL_IP, IP_MTU, value, value + 4)
                    : Libc.getsockopt(socket.number(), SOL_IPV6, IPV6_MTU, value, value + 4);
            return result < 0 ? result : Memory.getInt(value);
        }
    }
}
