package dev.ringway.podnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Kernel parameters below /proc/sys/net. The kernel shows each thread those of the namespace the thread is in, so
 * that these also work inside {@code NetNs.call}.
 */
final class Sysctl {
    private static final Path NET = Path.of("/proc/sys/net");

    private Sysctl() {
    }

    static boolean exists(String parameter) {
        return Files.exists(NET.resolve(parameter));
    }

    /** False if it does not exist, or not to this network namespace. */
    static boolean isWritable(String parameter) {
        return Files.isWritable(NET.resolve(parameter));
    }

    /** @param parameter path below net, as in {@code ipv4/ip_forward} */
    static int read(String parameter) throws IOException {
        try {
            return Integer.parseInt(Files.readString(NET.resolve(parameter)).strip());
        } catch (NoSuchFileException e) {
            throw missing(parameter, e);
        }
    }

    /** Sets a parameter unless it has the value already; returns whether it had to. */
    static boolean set(String parameter, int value) throws IOException {
        if (read(parameter) == value) {
            return false;
        }
        try {
            Files.writeString(NET.resolve(parameter), Integer.toString(value));
        } catch (IOException e) {
            throw new IOException("setting net." + parameter.replace('/', '.') + " to " + value
                    + " (is /proc/sys mounted read-only?): " + e.getMessage(), e);
        }
        return true;
    }

    private static IOException missing(String parameter, IOException e) {
        return new IOException("kernel parameter net." + parameter.replace('/', '.') + " does not exist"
                + (parameter.startsWith("ipv6") ? " (is IPv6 off in this kernel?)" : ""), e);
    }
}
