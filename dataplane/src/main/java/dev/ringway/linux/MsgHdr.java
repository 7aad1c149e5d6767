package dev.ringway.linux;

import dev.ringway.wire.Memory;

/**
 * struct msghdr, iovec and cmsghdr (linux/socket.h, 64 bits) in native memory, with the control messages that the
 * underlay sends and receives.
 */
public final class MsgHdr {
    public static final int LENGTH = 56;

    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int IOV = 16;
    private static final int IOV_LENGTH = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;

    private static final int CMSG_HEADER = 16;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    /** CMSG_SPACE of a payload of 1 to 8 bytes. */
    private static final int CMSG_SPACE = CMSG_HEADER + 8;

    private MsgHdr() {
    }

    public static void write(long at, long name, int nameLength, long iov, int iovs, long control, int controlLength) {
        Memory.putLong(at + NAME, name);
        Memory.putLong(at + NAME_LENGTH, nameLength);
        Memory.putLong(at + IOV, iov);
        Memory.putLong(at + IOV_LENGTH, iovs);
        Memory.putLong(at + CONTROL, controlLength == 0 ? 0 : control);
        Memory.putLong(at + CONTROL_LENGTH, controlLength);
        Memory.putLong(at + FLAGS, 0);
    }

    /** Length of the peer's address after a receive. */
    public static int nameLength(long msghdr) {
        return Memory.getInt(msghdr + NAME_LENGTH);
    }

    /**
     * Writes the control messages of a send; returns their length.
     *
     * @param control     two CMSG_SPACE of room
     * @param segmentSize UDP_SEGMENT in bytes, or 0 for a single datagram
     * @param version     underlay's IP version
     * @param tos         outer TOS or traffic class; 0 is the socket's default and needs no message
     */
    public static int writeSendControl(long control, int segmentSize, int version, int tos) {
        int length = 0;
        if (segmentSize != 0) {
            message(control, Sockets.SOL_UDP, Sockets.UDP_SEGMENT, 2);
            Memory.putShort(control + CMSG_HEADER, segmentSize);
            length = CMSG_SPACE;
        }
        if (tos != 0) {
            final long at = control + length;
            message(at, version == 4 ? Sockets.SOL_IP : Sockets.SOL_IPV6,
                    version == 4 ? Sockets.IP_TOS : Sockets.IPV6_TCLASS, 4);
            Memory.putInt(at + CMSG_HEADER, tos);
            length += CMSG_SPACE;
        }
        return length;
    }

    /** Address of the payload of the first control message of this kind after a receive, or 0. */
    public static long find(long msghdr, int level, int type) {
        final long control = Memory.getLong(msghdr + CONTROL);
        final long end = control + Memory.getLong(msghdr + CONTROL_LENGTH);
        long at = control;
        while (at + CMSG_HEADER <= end) {
            final long length = Memory.getLong(at);
            if (length < CMSG_HEADER) {
                return 0;
            }
            if (Memory.getInt(at + CMSG_LEVEL) == level && Memory.getInt(at + CMSG_TYPE) == type) {
                return at + CMSG_HEADER;
            }
            at += length + 7 & ~7L;
        }
        return 0;
    }

    private static void message(long at, int level, int type, int payload) {
        Memory.putLong(at, CMSG_HEADER + payload);
        Memory.putInt(at + CMSG_LEVEL, level);
        Memory.putInt(at + CMSG_TYPE, type);
        Memory.putLong(at + CMSG_HEADER, 0);
    }
}
