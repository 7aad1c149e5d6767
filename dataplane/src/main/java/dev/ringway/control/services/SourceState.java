package dev.ringway.control.services;

/**
 * Where Services come from and how it is with that, for people.
 *
 * @param name      a file or directory, or the store
 * @param current   what it says is in force
 * @param readMs    when what is in force was read, in milliseconds since 1970; 0: never, or as it is told
 * @param kept      that was before a restart
 * @param refusedMs since when something of it is not taken over, in milliseconds since 1970; 0: all of it is
 * @param problem   why, or null
 */
public record SourceState(String name, boolean current, long readMs, boolean kept, long refusedMs, String problem) {
}
