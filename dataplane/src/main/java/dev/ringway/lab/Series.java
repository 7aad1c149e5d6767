package dev.ringway.lab;

import dev.ringway.linux.NetNs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A client that sends web requests from inside a namespace, one after the other and each in a connection of its own,
 * on a thread of its own until it is closed. Who answered is kept in the order of the requests.
 */
final class Series implements AutoCloseable {
    /** In place of a pod's name: there was no answer. */
    static final String FAILED = "";

    /** For all requests that one waits for: silence takes seconds each. */
    private static final long LIMIT_MS = 10_000;
    private static final int MOST_MS = 2000;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: web\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Ask ask;
    private final Path netns;
    private final List<String> answers = new ArrayList<>();
    private String problem;
    private boolean closed;

    Series(Ask ask) {
        this(ask, NetNs.path(ask.from().namespace()));
    }

    /** @param netns where it sends from; null: the namespace of this process */
    Series(Ask ask, Path netns) {
        this.ask = ask;
        this.netns = netns;
        Thread.ofVirtual().name("requests-" + ask.from().label()).start(this::run);
    }

    /** One request; returns what the server calls itself. */
    static String request(InetSocketAddress to) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(MOST_MS);
            socket.connect(to, MOST_MS);
            socket.getOutputStream().write(REQUEST);
            final String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            final int body = answer.indexOf("\r\n\r\n");
            if (body < 0) {
                throw new IOException("no answer");
            }
            return answer.substring(body).strip();
        }
    }

    /** All answers so far, once there are so many; or fewer, if it takes too long. */
    List<String> await(int count) throws InterruptedException {
        return await(so -> so.size() >= count);
    }

    /** All answers so far, once they are enough; or what there is, if it takes too long. */
    synchronized List<String> await(Predicate<List<String>> enough) throws InterruptedException {
        final long startNs = System.nanoTime();
        long leftMs = LIMIT_MS;
        while (!enough.test(answers) && problem == null && leftMs > 0) {
            wait(leftMs);
            leftMs = LIMIT_MS - (System.nanoTime() - startNs) / 1_000_000;
        }
        if (problem != null) {
            throw new LabException("requests from " + ask.from().label() + ": " + problem);
        }
        return List.copyOf(answers);
    }

    /**
     * Makes something happen while a request is under way, or about to be.
     *
     * @return index of the first request that begins afterwards
     */
    synchronized int meanwhile(Runnable event) {
        event.run();
        return answers.size() + 1;
    }

    private void run() {
        final InetSocketAddress to = new InetSocketAddress(ask.address(), ask.port());
        try {
            NetNs.call(netns, () -> {
                boolean goesOn = true;
                while (goesOn) {
                    goesOn = add(outcome(to));
                }
                return null;
            });
        } catch (IOException e) {
            fail(e.getMessage());
        }
    }

    private static String outcome(InetSocketAddress to) {
        try {
            return request(to);
        } catch (IOException e) {
            return FAILED;
        }
    }

    private synchronized boolean add(String answer) {
        answers.add(answer);
        notifyAll();
        return !closed;
    }

    private synchronized void fail(String message) {
        problem = message;
        notifyAll();
    }

    /** The request that is under way still ends, unheard. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
