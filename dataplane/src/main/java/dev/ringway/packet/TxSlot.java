package dev.ringway.packet;

import dev.ringway.wire.Memory;

/**
 * One system call's worth of output: a gather write to a TUN device, or a (segmented) send on an underlay socket.
 *
 * <p>It lives in the transmit ring with its own off-heap memory. The switch thread fills it between claim and publish;
 * then the I/O thread owns it until its completion. Payload is not copied: the vectors point into receive buffers,
 * which stay lent until this slot has completed; generated headers lie in this slot's {@link #scratch}.
 *
 * <pre>
 *   0      struct msghdr (56)
 *   64     control messages (64): UDP_SEGMENT, IP_TOS or IPV6_TCLASS
 *   128    struct iovec[MAX_VECTORS] (16 each)
 *   ...    scratch for headers
 * </pre>
 */
public final class TxSlot {
    public static final int MSGHDR = 0;
    public static final int CONTROL = 64;
    public static final int VECTORS = 128;
    public static final int MAX_VECTORS = 160;
    public static final int SCRATCH = VECTORS + MAX_VECTORS * 16;
    public static final int STRIDE = 16384;
    public static final int SCRATCH_LENGTH = STRIDE - SCRATCH;

    /** Most segments in one UDP_SEGMENT send: UDP_MAX_SEGMENTS of old kernels is 64, with the UDP header counted. */
    public static final int MAX_SEGMENTS = 63;
    /** Most bytes in one send or one coalesced packet, below 65535 less all headers. */
    public static final int MAX_BYTES = 65000;
    /** Most slots that one received slot can need: each segment of a train to another flow, each answered. */
    public static final int MAX_PER_RECEIVE = 160;

    /** Kinds of slots. */
    public static final int RELEASE = 0;
    public static final int TUN = 1;
    public static final int UDP = 2;

    private final long base;

    /** {@link #TUN}, {@link #UDP}, or {@link #RELEASE}: nothing to send, only receive buffers to give back. */
    public int kind;
    /** TUN: number of the local port. */
    public int port;
    /** UDP: number of the source socket, and of the VTEP it goes to. */
    public int socket;
    public int vtep;
    /** UDP: the destination's sockaddr, which outlives the slot. */
    public long name;
    public int nameLength;
    /** UDP: outer TOS or traffic class. */
    public int tos;
    /** Length of each segment but the last; packets appended so far; bytes so far. */
    public int segmentSize;
    public int segments;
    public int bytes;
    /** No more may be appended: a shorter segment, PSH, or another packet of the flow came after. */
    public boolean sealed;
    public int vectors;
    public int scratchUsed;
    /** Receive ring sequence up to which buffers are free once this slot and all before it have completed; or -1. */
    public long releases;
    /** I/O thread only: the completion has arrived. */
    public boolean done;

    /** @param base address of STRIDE bytes, zero at first */
    public TxSlot(long base) {
        this.base = base;
    }

    public void clear() {
        kind = RELEASE;
        port = -1;
        vtep = -1;
        name = 0;
        tos = 0;
        segmentSize = 0;
        segments = 0;
        bytes = 0;
        sealed = false;
        vectors = 0;
        scratchUsed = 0;
        releases = -1;
        done = false;
    }

    public long msghdr() {
        return base + MSGHDR;
    }

    public long control() {
        return base + CONTROL;
    }

    public long vectorsAddress() {
        return base + VECTORS;
    }

    /** Reserves scratch bytes, 8-byte aligned; the caller has checked {@link #scratchLeft}. */
    public long scratch(int length) {
        final long at = base + SCRATCH + scratchUsed;
        scratchUsed += length + 7 & ~7;
        return at;
    }

    public int scratchLeft() {
        return SCRATCH_LENGTH - scratchUsed;
    }

    /** Appends a vector; the caller has checked {@link #vectors} against {@link #MAX_VECTORS}. */
    public void append(long address, int length) {
        final long vector = base + VECTORS + (long) vectors * 16;
        Memory.putLong(vector, address);
        Memory.putLong(vector + 8, length);
        vectors++;
        bytes += length;
    }

    /** Address and length of vector i, for in-memory edges and for the TUN's header without virtio_net_hdr. */
    public long vectorAddress(int i) {
        return Memory.getLong(base + VECTORS + (long) i * 16);
    }

    public int vectorLength(int i) {
        return (int) Memory.getLong(base + VECTORS + (long) i * 16 + 8);
    }

    /** Cuts bytes off the front: the virtio_net_hdr for a device that has none. */
    public void trimFirst(int length) {
        final long vector = base + VECTORS;
        Memory.putLong(vector, Memory.getLong(vector) + length);
        Memory.putLong(vector + 8, Memory.getLong(vector + 8) - length);
        bytes -= length;
    }

    /** Copies all vectors to one place: for in-memory edges and capture. */
    public int gather(long to) {
        int length = 0;
        for (int i = 0; i < vectors; i++) {
            Memory.copy(vectorAddress(i), to + length, vectorLength(i));
            length += vectorLength(i);
        }
        return length;
    }
}
