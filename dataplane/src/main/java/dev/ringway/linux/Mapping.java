package dev.ringway.linux;

/**
 * Anonymous memory from mmap(2): page-aligned, zero, and resident only where it has been touched (java.lang.foreign's
 * arenas write zeroes to all of it).
 */
public final class Mapping implements AutoCloseable {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;
    private static final long HUGE_PAGE = 2L << 20;

    private final long mapped;
    private final long address;
    private final long length;
    private boolean closed;

    private Mapping(long mapped, long address, long length) {
        this.mapped = mapped;
        this.address = address;
        this.length = length;
    }

    /** @param length bytes; rounded up to pages by the kernel */
    public static Mapping allocate(long length) throws LinuxException {
        return allocate(length, 0);
    }

    /**
     * @param length bytes; rounded up to pages by the kernel
     * @param hot    bytes at the start, in use all the time, for which the kernel is asked for huge pages: copies
     *               to and from them miss the TLB less. What they cost is that all of them become resident.
     */
    public static Mapping allocate(long length, long hot) throws LinuxException {
        final long room = length + (hot == 0 ? 0 : HUGE_PAGE);
        final long mapped = Libc.mmap(room, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS);
        if (mapped < 0) {
            throw new LinuxException("mmap of " + room + " bytes", (int) -mapped);
        }
        final long address = hot == 0 ? mapped : mapped + HUGE_PAGE - 1 & -HUGE_PAGE;
        if (hot > 0) {
            // Kernels without transparent huge pages refuse; nothing but speed depends on it.
            Libc.madvise(address, hot, MADV_HUGEPAGE);
        }
        return new Mapping(mapped, address, room);
    }

    public long address() {
        return address;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.munmap(mapped, length);
        }
    }
}
