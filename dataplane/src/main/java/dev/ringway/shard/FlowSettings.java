package dev.ringway.shard;

import java.nio.file.Path;

/**
 * Where flows to Services are noted.
 *
 * @param most how many there may be in each shard
 * @param file on a tmpfs, where they outlive the process, each shard's with its number behind the name; or null: in
 *             the process's own memory
 */
public record FlowSettings(int most, Path file) {
}
