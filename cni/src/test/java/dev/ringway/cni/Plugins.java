package dev.ringway.cni;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Runs the plugin as it is installed, the way a runtime does: environment and standard input in, the rest out. */
final class Plugins {
    static final String CONTAINER = "0123456789abcdef";
    private static final int MOST_NOTES = 1 << 16;

    private Plugins() {
    }

    /** What one call came to. */
    record Outcome(int exit, String out, String err) {
        boolean ok() {
            return exit == 0;
        }

        /** The member of the result or error, as it is written. */
        String get(String key) {
            try {
                return Json.members(Json.compact(out.getBytes(StandardCharsets.UTF_8))).get(key);
            } catch (JsonException e) {
                throw new AssertionError("no JSON on stdout: " + this, e);
            }
        }
    }

    /** The executable that the build has put together. */
    static Path executable() {
        final Path executable = Path.of(System.getProperty("ringway.cni.dist", "target/dist"), "ringway-cni")
                .toAbsolutePath();
        if (!Files.isExecutable(executable)) {
            throw new AssertionError("no " + executable + "; './mvnw package' makes it");
        }
        return executable;
    }

    /** What libcni sets: all six variables, whether the command needs them or not. */
    static Map<String, String> environment(String command) {
        final Map<String, String> env = new TreeMap<>();
        env.put("CNI_COMMAND", command);
        env.put("CNI_CONTAINERID", CONTAINER);
        env.put("CNI_NETNS", "/run/netns/pod");
        env.put("CNI_IFNAME", "eth0");
        env.put("CNI_ARGS", "");
        env.put("CNI_PATH", "/nowhere");
        return env;
    }

    static Outcome run(Map<String, String> env, byte[] stdin) {
        return run(executable(), env, stdin);
    }

    static Outcome run(Map<String, String> env, String stdin) {
        return run(env, stdin.getBytes(StandardCharsets.UTF_8));
    }

    static Outcome run(Path executable, Map<String, String> env, byte[] stdin) {
        try {
            final Path err = Files.createTempFile("ringway-cni", ".err");
            final ProcessBuilder builder = new ProcessBuilder(executable.toString()).redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("CNI_"));
            builder.environment().putAll(env);
            final Process process = builder.start();
            feed(process, stdin);
            final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            final int exit = process.waitFor();
            final String notes = Files.readString(err);
            Files.delete(err);
            return new Outcome(exit, out, notes.substring(0, Math.min(notes.length(), MOST_NOTES)));
        } catch (IOException e) {
            throw new AssertionError("cannot run " + executable, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A plugin that needs no configuration, or refuses it half-way, does not read all of it. */
    private static void feed(Process process, byte[] stdin) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(stdin);
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("Broken pipe")) {
                throw new AssertionError(e);
            }
        }
    }

    /** A network's configuration of this version, with more members appended. */
    static String config(String version, Path socket, String... more) {
        final StringBuilder config = new StringBuilder("{\"cniVersion\":\"" + version
                + "\",\"name\":\"net\",\"type\":\"ringway-cni\",\"socket\":\"" + socket + "\"");
        for (String member : more) {
            config.append(',').append(member);
        }
        return config.append('}').toString();
    }
}
