package dev.ringway.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A way to ping: how often and how fast.
 *
 * @param count      packets
 * @param intervalMs between them; below 200 only root may
 * @param waitS      seconds to wait for the last answer
 */
record Ping(int count, int intervalMs, int waitS) {
    private static final int SLACK_MS = 10_000;

    /** From within a namespace. The result tells all; a ping without an answer is no exception. */
    PingResult run(Endpoint from, String address) throws InterruptedException {
        final Duration limit = Duration.ofMillis((long) count * intervalMs + waitS * 1000L + SLACK_MS);
        final Shell.Result result = Shell.run(limit, "", command(from, address));
        return PingResult.parse(result.out() + result.err());
    }

    private List<String> command(Endpoint from, String address) {
        final List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", from.namespace(), "ping", "-n",
                "-c", Integer.toString(count), "-W", Integer.toString(waitS)));
        if (count > 1) {
            command.addAll(List.of("-i", String.format(Locale.ROOT, "%.3f", intervalMs / 1000.0)));
        }
        command.add(address);
        return command;
    }
}
