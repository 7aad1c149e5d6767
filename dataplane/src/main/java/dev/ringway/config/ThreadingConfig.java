package dev.ringway.config;

import dev.ringway.shard.ThreadingMode;

/**
 * Threads of the packet path.
 *
 * @param spin busy-wait instead of blocking
 */
public record ThreadingConfig(ThreadingMode mode, int shards, boolean spin) {
}
