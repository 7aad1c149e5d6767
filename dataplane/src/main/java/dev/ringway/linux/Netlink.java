package dev.ringway.linux;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * A rtnetlink socket (rtnetlink(7)) of the namespace that the opening thread is in, and the encoding of its messages:
 * several requests go with one send, each is acknowledged, and the first that failed is told by its own words. For one
 * thread; the memory goes with {@link #close}.
 */
final class Netlink implements AutoCloseable {
    static final int REQUEST = 0x1;
    static final int DUMP = 0x300;
    static final int CREATE_OR_REPLACE = 0x400 | 0x100;
    static final int HEADER = 16;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int ACK = 0x4;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NESTED = 0x8000;
    private static final int SEND_BUFFER = 8 << 10;
    /** The kernel fills at most this much of a dump at once when it is offered. */
    private static final int RECEIVE_BUFFER = 32 << 10;

    private final Arena arena = Arena.ofConfined();
    private final long out = arena.allocate(SEND_BUFFER, 8).address();
    private final long in = arena.allocate(RECEIVE_BUFFER, 8).address();
    private final List<String> requests = new ArrayList<>();
    private final Fd fd;
    private int length;
    private int message;

    /** What a dump shows: the address of the structure behind the header, and of its end. */
    interface Entry {
        void at(int type, long start, long end);
    }

    Netlink() throws LinuxException {
        final int socket = Libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
        if (socket < 0) {
            arena.close();
            throw new LinuxException("netlink socket", -socket);
        }
        fd = new Fd(socket);
    }

    Fd fd() {
        return fd;
    }

    /**
     * Begins a request; returns the address of its fixed structure, all zero.
     *
     * @param what for the message if it fails
     */
    long begin(String what, int type, int flags, int structure) {
        requests.add(what);
        message = length;
        final long at = out + length;
        for (int i = 0; i < HEADER + structure; i++) {
            Memory.putByte(at + i, 0);
        }
        Memory.putShort(at + 4, type);
        Memory.putShort(at + 6, REQUEST | ACK | flags);
        Memory.putInt(at + 8, requests.size());
        length += HEADER + structure;
        return at + HEADER;
    }

    void putInt(int type, int value) {
        Memory.putInt(attribute(type, 4), value);
    }

    void putByte(int type, int value) {
        Memory.putByte(attribute(type, 1), value);
    }

    /** An IP address of 4 or 16 bytes, from 128 bits with IPv4 in the top 32. */
    void putAddress(int type, int version, long hi, long lo) {
        if (version == 4) {
            Memory.putIntBe(attribute(type, 4), (int) (hi >>> 32));
        } else {
            final long at = attribute(type, 16);
            Memory.putLongBe(at, hi);
            Memory.putLongBe(at + 8, lo);
        }
    }

    /** Begins an attribute that holds others; to be given to {@link #endNested}. */
    int beginNested(int type) {
        final int start = length;
        attribute(type | NESTED, 0);
        return start;
    }

    void endNested(int start) {
        Memory.putShort(out + start, length - start);
    }

    /** Ends a request. */
    void end() {
        Memory.putInt(out + message, length - message);
    }

    private long attribute(int type, int size) {
        final long at = out + length;
        Memory.putShort(at, 4 + size);
        Memory.putShort(at + 2, type);
        length += 4 + (size + 3 & ~3);
        if (length > SEND_BUFFER - 512) {
            throw new IllegalStateException("more requests than one send holds: " + requests.size());
        }
        return at + 4;
    }

    /** Sends the requests and waits for their acknowledgements. */
    void run() throws LinuxException {
        if (requests.isEmpty()) {
            return;
        }
        send();
        LinuxException failure = null;
        for (int left = requests.size(); left > 0;) {
            final int count = receive();
            for (long at = in; at < in + count; at += Memory.getInt(at) + 3 & ~3) {
                if (Memory.getShort(at + 4) == NLMSG_ERROR) {
                    left--;
                    final int error = Memory.getInt(at + HEADER);
                    if (error != 0 && failure == null) {
                        failure = new LinuxException(requests.get(Memory.getInt(at + 8) - 1), -error);
                    }
                }
            }
        }
        clear();
        if (failure != null) {
            throw failure;
        }
    }

    /** Sends the one request, a dump, and shows each entry of the answer. */
    void dump(Entry entry) throws LinuxException {
        send();
        final String what = requests.getFirst();
        clear();
        while (true) {
            final int count = receive();
            for (long at = in; at < in + count; at += Memory.getInt(at) + 3 & ~3) {
                final int type = Memory.getShort(at + 4);
                if (type == NLMSG_DONE) {
                    return;
                }
                if (type == NLMSG_ERROR) {
                    throw new LinuxException(what, -Memory.getInt(at + HEADER));
                }
                entry.at(type, at + HEADER, at + Memory.getInt(at));
            }
        }
    }

    private void clear() {
        requests.clear();
        length = 0;
    }

    private void send() throws LinuxException {
        final int sent = Libc.send(fd.number(), out, length, 0);
        if (sent < 0) {
            throw new LinuxException("netlink: " + requests.getFirst(), -sent);
        }
    }

    private int receive() throws LinuxException {
        while (true) {
            final int count = Libc.recv(fd.number(), in, RECEIVE_BUFFER, 0);
            if (count >= 0) {
                return count;
            }
            if (count != -Errno.EINTR) {
                throw new LinuxException("netlink answer", -count);
            }
        }
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
