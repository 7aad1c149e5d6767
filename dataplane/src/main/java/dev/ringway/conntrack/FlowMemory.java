package dev.ringway.conntrack;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the entries of a {@link FlowTable} lie: in a file that outlives the process, or in its own memory. Pages that
 * no flow has used take no room.
 */
public final class FlowMemory implements AutoCloseable {
    /** "RINGFLOW". */
    private static final long KIND = 0x5249_4E47_464C_4F57L;
    private static final long LAYOUT = 1;

    private final KeptEntries kept;
    private final int capacity;

    private FlowMemory(KeptEntries kept, int capacity) {
        this.kept = kept;
        this.capacity = capacity;
    }

    /** @param flows how many there may be at once, up to 2^28 */
    public static FlowMemory anonymous(int flows) {
        return new FlowMemory(KeptEntries.anonymous(flows, Flow.LENGTH), flows);
    }

    /** Maps a file, with what a former daemon left there. */
    public static FlowMemory open(Path file, int flows) throws IOException {
        return new FlowMemory(KeptEntries.open(file, KIND, LAYOUT, flows, Flow.LENGTH), flows);
    }

    /** Entries from this one on have never been used, and reading them would only take up memory. */
    int used() {
        return (int) Math.max(0, Math.min(capacity, kept.used()));
    }

    void setUsed(int entries) {
        kept.setUsed(entries);
    }

    long entries() {
        return kept.address();
    }

    int capacity() {
        return capacity;
    }

    @Override
    public void close() {
        kept.close();
    }
}
