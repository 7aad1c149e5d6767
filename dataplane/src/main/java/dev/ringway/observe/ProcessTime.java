package dev.ringway.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The age of this process by the kernel's clock: counts from exec, before the JVM ran. */
public final class ProcessTime {
    /** USER_HZ: the unit of times in /proc, 100 a second on every architecture the switch runs on. */
    private static final long TICK_MS = 10;
    /** Field 22 of /proc/self/stat, counted from the third, the first behind the program's name. */
    private static final int START_TIME = 22 - 3;

    private static final long START_MS = startedMs();

    private ProcessTime() {
    }

    /** Milliseconds since the process started, to the kernel's 10 ms. */
    public static long sinceStartMs() {
        return System.nanoTime() / 1_000_000 - START_MS;
    }

    /** The start on the scale of nanoTime. */
    private static long startedMs() {
        final long nowMs = System.nanoTime() / 1_000_000;
        try {
            final String stat = Files.readString(Path.of("/proc/self/stat"));
            final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            final String uptime = Files.readString(Path.of("/proc/uptime"));
            final double uptimeMs = Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1_000;
            return nowMs - Math.max(0, (long) uptimeMs - Long.parseLong(fields[START_TIME]) * TICK_MS);
        } catch (IOException e) {
            // Without /proc the age counts from here.
            return nowMs;
        }
    }
}
