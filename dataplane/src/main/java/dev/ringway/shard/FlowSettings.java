package dev.ringway.shard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How flows to Services are made and kept.
 *
 * @param most            how many there may be in each shard
 * @param base            on a tmpfs, where they outlive the process, each shard's with its number behind the name; or
 *                        null: in the process's own memory
 * @param failuresToEject connections in a row that a backend refuses or does not answer until it gets no new ones for
 *                        a while; 0: it always does
 * @param retryS          how long that while is, in seconds
 * @param masqueradeAll   backends see this node in the place of pods that come by a cluster IP
 */
public record FlowSettings(int most, Path base, int failuresToEject, int retryS, boolean masqueradeAll) {
    /** In the process's own memory, and no backend is ejected. */
    public FlowSettings(int most) {
        this(most, null, 0, 0, false);
    }

    /** The file of a shard. */
    Path file(int shard) {
        return base.resolveSibling(base.getFileName() + "-" + shard);
    }

    /** The file of a shard's session affinities. */
    Path affinityFile(int shard) {
        return base.resolveSibling(base.getFileName() + "-affinity-" + shard);
    }

    /** Deletes the files of so many shards, when no next daemon is to go on with their flows. */
    public void delete(int shards) throws IOException {
        for (int i = 0; base != null && i < shards; i++) {
            Files.deleteIfExists(file(i));
            Files.deleteIfExists(affinityFile(i));
        }
    }
}
