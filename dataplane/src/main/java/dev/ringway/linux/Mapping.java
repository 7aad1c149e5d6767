package dev.ringway.linux;

/**
 * Anonymous memory from mmap(2): page-aligned, zero, and resident only where it has been touched (java.lang.foreign's
 * arenas write zeroes to all of it).
 */
public final class Mapping implements AutoCloseable {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

    private final long address;
    private final long length;
    private boolean closed;

    private Mapping(long address, long length) {
        this.address = address;
        this.length = length;
    }

    /** @param length bytes; rounded up to pages by the kernel */
    public static Mapping allocate(long length) throws LinuxException {
        final long address = Libc.mmap(length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS);
        if (address < 0) {
            throw new LinuxException("mmap of " + length + " bytes", (int) -address);
        }
        return new Mapping(address, length);
    }

    public long address() {
        return address;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.munmap(address, length);
        }
    }
}
