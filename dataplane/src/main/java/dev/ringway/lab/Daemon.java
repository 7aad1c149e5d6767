package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that outlives the command that starts it: the switch of a node, or the web server of a pod. It is known by
 * a pid file that the process writes itself before it becomes what it is to be, and believed only while the command
 * line of that pid is this one's: a pid may long be another program's.
 *
 * @param name of the node, or of the pod
 */
record Daemon(String name, LabFiles files) {
    private static final File NO_INPUT = new File("/dev/null");
    private static final String WRITE_PID_AND_RUN = "echo $$ > \"$1\" && shift && exec \"$@\"";

    /** Starts it in its namespace, in a session of its own so that it outlives this command and its Ctrl-C. */
    Process start(Endpoint endpoint, Path launcher) throws IOException {
        Files.deleteIfExists(files.pid(name));
        Files.deleteIfExists(files.socket(name));
        final List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", WRITE_PID_AND_RUN, "ringway-lab",
                files.pid(name).toString(), "ip", "netns", "exec", endpoint.namespace(), launcher.toString()));
        command.addAll(arguments());
        final ProcessBuilder builder = Shell.builder(command);
        builder.redirectInput(NO_INPUT);
        builder.redirectOutput(files.log(name).toFile());
        builder.redirectErrorStream(true);
        return Shell.start(builder);
    }

    /** Its process id while it runs, or 0. */
    long pid() {
        try {
            final long pid = Long.parseLong(Files.readString(files.pid(name)).strip());
            return isOurs(pid) ? pid : 0;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException | NumberFormatException e) {
            // Cut off while it was written: that process became nothing.
            return 0;
        }
    }

    /** For {@code up --json}. */
    void addTo(ObjectNode entry) {
        entry.put("log", files.log(name).toString());
        final long pid = pid();
        if (pid > 0) {
            entry.put("pid", pid);
        }
    }

    boolean isSwitch() {
        return name.startsWith("node");
    }

    /** For people. */
    String text() {
        return "the " + (isSwitch() ? "switch" : "web server") + " of " + name;
    }

    boolean signal(boolean force) {
        final long pid = pid();
        return pid > 0 && ProcessHandle.of(pid).map(force ? ProcessHandle::destroyForcibly : ProcessHandle::destroy)
                .orElse(false);
    }

    /** The end of what it wrote, indented, to be shown when it failed. */
    String logTail(int lines) {
        try {
            final List<String> all = Files.readAllLines(files.log(name), StandardCharsets.ISO_8859_1);
            final List<String> tail = all.subList(Math.max(0, all.size() - lines), all.size());
            return tail.isEmpty() ? "    (it wrote nothing)" : "    " + String.join("\n    ", tail);
        } catch (IOException e) {
            return "    (no log: " + e.getMessage() + ")";
        }
    }

    /** A zombie has an empty command line, so one that nobody reaps does not count as running. */
    private boolean isOurs(long pid) {
        try {
            final String[] words = Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0");
            return isOurs(List.of(words), arguments());
        } catch (IOException e) {
            // No such process.
            return false;
        }
    }

    static boolean isOurs(List<String> commandLine, List<String> arguments) {
        final int from = commandLine.size() - arguments.size();
        return from > 0 && commandLine.subList(from, commandLine.size()).equals(arguments);
    }

    private List<String> arguments() {
        return isSwitch() ? List.of("switch", "--config", files.config(name).toString())
                : List.of("lab", "serve", name, files.pid(name).toString());
    }
}
