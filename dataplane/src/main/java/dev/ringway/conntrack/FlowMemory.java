package dev.ringway.conntrack;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Where the entries of a {@link FlowTable} lie: a file on a tmpfs, mapped, so that they survive the process, also one
 * that is killed, but not the machine; or anonymous memory. Pages that no flow has used take no room. A file of another
 * layout or size is begun anew.
 */
public final class FlowMemory implements AutoCloseable {
    private static final long MAGIC = 0x5249_4E47_464C_4F57L;
    private static final long LAYOUT = 1;
    private static final int HEADER = 4096;
    /** Behind magic, layout, number and length of entries. */
    private static final int USED = 32;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Arena arena;
    private final MemorySegment memory;
    private final int capacity;

    private FlowMemory(Arena arena, MemorySegment memory, int capacity) {
        this.arena = arena;
        this.memory = memory;
        this.capacity = capacity;
    }

    /** @param flows how many there may be at once, up to 2^28 */
    public static FlowMemory anonymous(int flows) {
        final Arena arena = Arena.ofShared();
        return new FlowMemory(arena, arena.allocate(length(flows), Long.BYTES), flows);
    }

    /** Maps a file, with what a former daemon left there. */
    public static FlowMemory open(Path file, int flows) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE), OWNER_ONLY)) {
            final ByteBuffer header = ByteBuffer.allocate(USED).order(ByteOrder.nativeOrder());
            header.putLong(MAGIC).putLong(LAYOUT).putLong(flows).putLong(Flow.LENGTH).flip();
            final ByteBuffer found = ByteBuffer.allocate(USED);
            channel.read(found, 0);
            if (channel.size() != length(flows) || !found.flip().equals(header)) {
                channel.truncate(0);
                channel.write(header, 0);
            }
            final Arena arena = Arena.ofShared();
            return new FlowMemory(arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, length(flows), arena), flows);
        }
    }

    private static long length(int flows) {
        return HEADER + (long) flows * Flow.LENGTH;
    }

    /** Entries from this one on have never been used, and reading them would only take up memory. */
    int used() {
        return (int) Math.max(0, Math.min(capacity, memory.get(ValueLayout.JAVA_LONG, USED)));
    }

    void setUsed(int entries) {
        memory.set(ValueLayout.JAVA_LONG, USED, entries);
    }

    long entries() {
        return memory.address() + HEADER;
    }

    int capacity() {
        return capacity;
    }

    @Override
    public void close() {
        arena.close();
    }
}
