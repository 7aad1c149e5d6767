package dev.ringway.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An iperf3 server for one run in an endpoint's namespace; {@code timeout} ends it should this process die. */
final class IperfServer implements AutoCloseable {
    /** Not 5201, which a person at {@code lab exec} may use. */
    static final int PORT = 15_201;
    private static final int LISTEN_S = 5;

    private final Process process;
    private final CountDownLatch decided = new CountDownLatch(1);
    private final StringBuffer output = new StringBuffer();
    private volatile boolean listening;

    IperfServer(Endpoint endpoint, String address, int limitS) throws InterruptedException {
        process = Shell.start(Shell.builder(List.of("ip", "netns", "exec", endpoint.namespace(), "timeout",
                Integer.toString(limitS), "iperf3", "-s", "-1", "--forceflush", "-B", address, "-p",
                Integer.toString(PORT))).redirectErrorStream(true));
        Thread.ofVirtual().start(this::read);
        try {
            decided.await(LISTEN_S, TimeUnit.SECONDS);
        } finally {
            if (!listening) {
                close();
            }
        }
    }

    /** Null when it listens, otherwise what it said. */
    String problem() {
        return listening ? null : "iperf3 -s does not listen: " + output.toString().strip();
    }

    /** Reads to the end also after it listens, so that it never waits for a reader. */
    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.append(line).append('\n');
                if (line.contains("Server listening")) {
                    listening = true;
                    decided.countDown();
                }
            }
        } catch (IOException e) {
            output.append(e.getMessage());
        }
        decided.countDown();
    }

    @Override
    public void close() {
        // SIGTERM, which timeout passes on to iperf3.
        process.destroy();
    }
}
