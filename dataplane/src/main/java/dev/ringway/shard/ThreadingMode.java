package dev.ringway.shard;

/** How a shard's stages are spread over threads. The path's code is the same in both. */
public enum ThreadingMode {
    /** One thread a shard receives, switches and sends. */
    SHARED,
    /** One thread a shard does I/O, another switches; a ring between them. */
    DEDICATED
}
