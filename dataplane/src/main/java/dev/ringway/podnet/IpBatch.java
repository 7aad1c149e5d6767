package dev.ringway.podnet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands for one run of {@code ip -batch}, in this namespace or another. Not for use by several threads. */
final class IpBatch {
    /** iproute2 names the input line that failed like this. */
    private static final String FAILED = "Command failed -:";

    private static final int IPV6_MIN_MTU = 1280;
    /** Packets that wait in a TUN device's queue for the switch, above the kernel's default of 500. */
    static final int QUEUE_PACKETS = 1000;

    private final List<String> lines = new ArrayList<>();

    /** Appends a command, without the word ip. */
    IpBatch add(String command) {
        lines.add(command);
        return this;
    }

    /**
     * Appends what sets a TUN device up. It gets no link-local address, since nothing on the other side would ever
     * answer it; a device too small for IPv6 has none to configure.
     */
    IpBatch upTun(String device, int mtu) {
        return add("link set dev " + device + " mtu " + mtu + " txqueuelen " + QUEUE_PACKETS
                + (mtu < IPV6_MIN_MTU ? "" : " addrgenmode none")).add("link set dev " + device + " up");
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** The commands, a line each. */
    String text() {
        return String.join("\n", lines) + "\n";
    }

    /**
     * Runs the commands in order up to the first that fails.
     *
     * @param netns the namespace, or null for the daemon's own
     * @return what the {@code show} commands among them printed, as JSON
     * @throws IOException naming the command that failed and why
     */
    String run(Path netns) throws IOException {
        return netns == null ? run("ip", "-json", "-batch", "-")
                : run("nsenter", "--net=" + netns, "ip", "-json", "-batch", "-");
    }

    /** As {@link #run(Path)} in the daemon's own namespace, for what an IP version has of its own. */
    String run(int version) throws IOException {
        return run("ip", "-" + version, "-json", "-batch", "-");
    }

    private String run(String... command) throws IOException {
        final Tool.Result result = Tool.run(text(), command);
        if (result.status() != 0) {
            throw new IOException(explain(result.output()));
        }
        return result.output();
    }

    private String explain(String output) {
        final StringBuilder why = new StringBuilder();
        String failed = "ip -batch";
        for (String line : output.split("\n")) {
            if (line.startsWith(FAILED)) {
                failed = "ip " + lines.get(Integer.parseInt(line.substring(FAILED.length()).strip()) - 1);
            } else if (!line.isBlank() && !line.startsWith("[")) {
                why.append(why.isEmpty() ? "" : "; ").append(line.strip());
            }
        }
        return failed + ": " + why;
    }
}
