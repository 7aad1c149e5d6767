package dev.ringway.cni;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The IPAM plugin that a network names: found in CNI_PATH and run with our own environment and standard error and the
 * full configuration, as the specification's part on delegation wants it.
 */
final class Delegate {
    private static final int MOST_RESULT = 1 << 20;

    private final String type;
    private final String program;
    private final String config;

    private Delegate(String type, String program, String config) {
        this.type = type;
        this.program = program;
        this.config = config;
    }

    /** The plugin of this configuration, or null when the daemon gives out the addresses. */
    static Delegate of(NetworkConfig config, String path) throws CniError {
        final String type = config.ipamType();
        if (type.isEmpty()) {
            return null;
        }
        for (String directory : path.split(":")) {
            final File file = new File(directory, type);
            if (!directory.isEmpty() && file.isFile() && file.canExecute()) {
                return new Delegate(type, file.getPath(), config.text());
            }
        }
        throw new CniError(CniError.INVALID_CONFIG, "no IPAM plugin \"" + type + "\" in CNI_PATH",
                "CNI_PATH is " + (path.isEmpty() ? "empty" : path));
    }

    /** Runs the plugin and returns what it printed, in compact form; empty for commands without a result. */
    String run(String command) throws CniError {
        final ProcessBuilder builder = new ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT);
        final Map<String, String> env = builder.environment();
        env.put("CNI_COMMAND", command);
        try {
            final Process process = builder.start();
            feed(process);
            final byte[] out = process.getInputStream().readNBytes(MOST_RESULT);
            final int exit = process.waitFor();
            if (exit != 0) {
                throw failure(command, exit, out);
            }
            return out.length == 0 ? "" : Json.compact(out);
        } catch (IOException e) {
            throw new CniError(CniError.IO, "cannot run the IPAM plugin " + program, e.getMessage());
        } catch (JsonException e) {
            throw new CniError(CniError.DECODING, "the IPAM plugin \"" + type + "\" printed no JSON", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CniError(CniError.INTERNAL, "interrupted");
        }
    }

    /** A plugin may end without reading all of it; what it then printed counts. */
    private void feed(Process process) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(config.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.err.println("ringway-cni: " + program + " did not read its configuration: " + e.getMessage());
        }
    }

    private CniError failure(String command, int exit, byte[] out) {
        final String what = "IPAM plugin \"" + type + "\": ";
        try {
            final Map<String, String> error = Json.members(Json.compact(out));
            final String message = Json.string(error.get("msg"));
            final String code = error.get("code");
            final String details = Json.string(error.get("details"));
            if (message != null && code != null) {
                return new CniError(Integer.parseInt(code), what + message, details == null ? "" : details);
            }
        } catch (JsonException | NumberFormatException e) {
            return new CniError(CniError.DELEGATE, what + command + " failed with exit code " + exit,
                    "it should have printed its error as JSON, but printed " + out.length + " bytes: "
                    + e.getMessage());
        }
        return new CniError(CniError.DELEGATE, what + command + " failed with exit code " + exit,
                "its error has no code and msg");
    }
}
