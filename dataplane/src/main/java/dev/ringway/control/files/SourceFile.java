package dev.ringway.control.files;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A file that Services come from: how it is with it. Belongs to whoever has its source's lock. */
final class SourceFile {
    final Path path;
    /** When what is known of it was read, in milliseconds since 1970; 0: never. */
    long readMs;
    /** It was read before a restart. */
    boolean kept;
    /** Nothing was in it, and nothing that says so. */
    boolean blank;
    /** Why what is in it now is not in force; empty: it is. */
    List<String> problems = List.of();
    /** Since when. */
    long refusedMs;
    private List<String> warnings = List.of();

    SourceFile(Path path) {
        this.path = path;
    }

    void taken(long nowMs, List<String> passedOver, boolean nothingInIt) {
        blank = nothingInIt;
        readMs = nowMs;
        kept = false;
        problems = List.of();
        refusedMs = 0;
        warnings = passedOver;
    }

    void refused(long nowMs, List<String> why) {
        problems = why;
        refusedMs = refusedMs == 0 ? nowMs : refusedMs;
    }

    boolean isRefused() {
        return !problems.isEmpty();
    }

    /** What is wrong with it, and what is in force instead. @param before a file that this one has replaced, or null */
    List<String> warnings(SourceFile before) {
        final List<String> all = new ArrayList<>();
        if (isRefused()) {
            all.addAll(problems);
            all.add(path + ": not taken over; " + (readMs > 0 || before == null ? inForce() : before.inForce()));
        }
        all.addAll(warnings);
        return all;
    }

    /** What of it is in force. */
    String inForce() {
        return readMs == 0 ? "nothing of it is in force" : "what is in force was "
                + (kept ? "kept from before the restart, when it was read from " : "read from ") + path + " at "
                + Instant.ofEpochMilli(readMs).truncatedTo(ChronoUnit.SECONDS);
    }
}
