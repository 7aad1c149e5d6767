package dev.ringway.cni;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The client's process: environment and standard input in, the result or the error as JSON on standard output, exit
 * status 0 or 1. Standard error is free for notes; the runtime logs it at best.
 */
final class Main {
    private static final int MOST_INPUT = 1 << 20;
    /** Long for a daemon, short beside the two minutes that kubelet gives a pod's sandbox. */
    private static final int TIMEOUT_MS = 30_000;

    private String cniVersion = Versions.NEWEST;

    private Main() {
    }

    /** Ends the process itself: nothing here needs an orderly end of the JVM. */
    public static void main(String[] arguments) throws IOException {
        final Main main = new Main();
        String out;
        int exit = 1;
        try {
            out = main.run(System.getenv());
            exit = 0;
        } catch (CniError e) {
            out = e.json(main.cniVersion);
        } catch (RuntimeException | StackOverflowError e) {
            e.printStackTrace();
            out = new CniError(CniError.INTERNAL, "ringway-cni failed: " + e).json(main.cniVersion);
        }
        if (!out.isEmpty()) {
            // The descriptor is closed with the process.
            new FileOutputStream(FileDescriptor.out).write((out + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Runtime.getRuntime().halt(exit);
    }

    private String run(Map<String, String> env) throws CniError {
        final Invocation invocation = Invocation.of(env);
        try {
            final NetworkConfig config = NetworkConfig.of(Json.compact(input()));
            cniVersion = config.cniVersion();
            return new Plugin(invocation, config, TIMEOUT_MS).run();
        } catch (JsonException e) {
            throw new CniError(CniError.DECODING, "the network configuration on stdin is not JSON", e.getMessage());
        } catch (IOException e) {
            throw new CniError(CniError.IO, "cannot read the network configuration on stdin", e.getMessage());
        }
    }

    @SuppressWarnings("resource")
    private static byte[] input() throws IOException, CniError {
        final byte[] input = new FileInputStream(FileDescriptor.in).readNBytes(MOST_INPUT + 1);
        if (input.length > MOST_INPUT) {
            throw new CniError(CniError.DECODING, "the network configuration on stdin has more than " + MOST_INPUT
                    + " bytes");
        }
        return input;
    }
}
