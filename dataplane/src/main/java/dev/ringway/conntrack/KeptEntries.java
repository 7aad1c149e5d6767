package dev.ringway.conntrack;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Entries of one length in a file on a tmpfs, mapped, so that they survive the process, also one that is killed, but
 * not the machine; or in anonymous memory. Pages that nothing has been written to take no room. A file of another kind,
 * layout or size is begun anew.
 */
final class KeptEntries implements AutoCloseable {
    private static final int HEADER = 4096;
    private static final int MIB = 1 << 20;
    /** Behind kind, layout, number and length of entries. */
    private static final int USED = 32;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Arena arena;
    private final MemorySegment memory;

    private KeptEntries(Arena arena, MemorySegment memory) {
        this.arena = arena;
        this.memory = memory;
    }

    static KeptEntries anonymous(int entries, int length) {
        final Arena arena = Arena.ofShared();
        return new KeptEntries(arena, arena.allocate(bytes(entries, length), Long.BYTES));
    }

    /**
     * Maps a file, with what a former process left there.
     *
     * @param kind   tells files of different entries apart
     * @param layout of an entry; another one each time that it changes
     */
    static KeptEntries open(Path file, long kind, long layout, int entries, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE), OWNER_ONLY)) {
            final ByteBuffer header = ByteBuffer.allocate(USED).order(ByteOrder.nativeOrder());
            header.putLong(kind).putLong(layout).putLong(entries).putLong(length).flip();
            final ByteBuffer found = ByteBuffer.allocate(USED);
            channel.read(found, 0);
            final long bytes = bytes(entries, length);
            if (channel.size() != bytes || !found.flip().equals(header)) {
                channel.truncate(0);
                final long free = usable(file);
                if (free < bytes) {
                    // The kernel has no other way than a signal to say so later.
                    throw new IOException("needs " + bytes / MIB + " MiB, and " + free / MIB + " are free there");
                }
                channel.write(header, 0);
            }
            final Arena arena = Arena.ofShared();
            return new KeptEntries(arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena));
        }
    }

    /** Bytes that are free where a file is; as many as anybody could want where that cannot be found out. */
    private static long usable(Path file) {
        try {
            return Files.getFileStore(file).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private static long bytes(int entries, int length) {
        return HEADER + (long) entries * length;
    }

    /** A number that is kept with the entries, 0 at first. */
    long used() {
        return memory.get(ValueLayout.JAVA_LONG, USED);
    }

    void setUsed(long number) {
        memory.set(ValueLayout.JAVA_LONG, USED, number);
    }

    /** Address of the first entry. */
    long address() {
        return memory.address() + HEADER;
    }

    @Override
    public void close() {
        arena.close();
    }
}
