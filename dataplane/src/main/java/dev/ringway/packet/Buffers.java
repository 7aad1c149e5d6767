package dev.ringway.packet;

/**
 * The packet buffers of one shard: equal slices of one mapping, lent out last in, first out so that the buffer in use
 * is the one that is still in the cache, and pages of buffers never needed stay untouched.
 *
 * <p>Used by the shard's I/O thread only. A buffer belongs to the read that fills it, then to the {@link RxSlot} that
 * announces it, and comes back when the last {@link TxSlot} that points into it has completed.
 *
 * <pre>
 *   0         META: msghdr, iovec, peer address and control messages of a datagram read
 *   256       headroom, into which encapsulation headers are written in place
 *   502       virtio_net_hdr of a packet read from a TUN device
 *   512       DATA: the IP packet (TUN) or the UDP payload (underlay), up to 65535 bytes, and a margin
 * </pre>
 */
public final class Buffers {
    public static final int META = 0;
    public static final int META_LENGTH = 256;
    public static final int DATA = 512;
    /** Bytes a read may fill from DATA on; a TUN truncates silently what does not fit. */
    public static final int CAPACITY = 65536;
    /** DATA + CAPACITY and a margin of a page, so that header reads just past a packet stay inside the mapping. */
    public static final int STRIDE = 17 * 4096;

    private final long base;
    private final int[] free;
    private int available;

    /**
     * @param base  page-aligned address of {@code count * STRIDE} bytes
     * @param count number of buffers, at most 32767 (they are numbered in 15 bits of a completion's tag)
     */
    public Buffers(long base, int count) {
        if (count < 1 || count > Short.MAX_VALUE) {
            throw new IllegalArgumentException("buffers: " + count + " is not in 1.." + Short.MAX_VALUE);
        }
        this.base = base;
        free = new int[count];
        for (int i = 0; i < count; i++) {
            free[i] = count - 1 - i;
        }
        available = count;
    }

    /** Number of a buffer that is now the caller's, or -1 if none is left. */
    public int take() {
        return available == 0 ? -1 : free[--available];
    }

    public void giveBack(int buffer) {
        free[available++] = buffer;
    }

    public int available() {
        return available;
    }

    public int size() {
        return free.length;
    }

    /** Address of the buffer's first byte (its META area). */
    public long address(int buffer) {
        return base + (long) buffer * STRIDE;
    }
}
