package dev.ringway.install;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The plugin in a runtime's directory of plugins: the executable {@code ringway-cni} and, beside it, the directory
 * {@code .ringway-cni-BUILD} that this very executable names, with its Java runtime. An upgrade puts the new directory
 * there, tries it, and then replaces the executable by a rename (which also spares the runtime a "text file busy"). The
 * directory before it stays until the next upgrade: an operation that began before the rename may still be using it.
 */
public final class PluginFiles {
    private static final String NAME = "ringway-cni";
    private static final String HIDDEN = "." + NAME;
    private static final String HOME = HIDDEN + "-";
    private static final String BUILD = "build=";

    private final Path binDir;

    /** @param binDir where runtimes look for plugins, usually /opt/cni/bin */
    public PluginFiles(Path binDir) {
        this.binDir = binDir;
    }

    /**
     * Installs or upgrades the plugin.
     *
     * @param source the distribution's directory {@code cni}
     * @return the build that is installed now
     */
    public String install(Path source) throws IOException {
        final Path launcher = source.resolve(NAME);
        if (!Files.isExecutable(launcher)) {
            throw new InstallException("this distribution has no CNI plugin: there is no " + launcher);
        }
        final String build = build(launcher);
        Files.createDirectories(binDir);
        final Path home = binDir.resolve(HOME + build);
        if (!Files.exists(home)) {
            DurableFiles.copyTree(source.resolve(HOME + build), home);
        }
        final Path executable = binDir.resolve(NAME);
        final String before = Files.exists(executable) ? build(executable) : build;
        final Path next = DurableFiles.beside(executable);
        Files.deleteIfExists(next);
        DurableFiles.copy(launcher, next);
        try {
            requireToWork(next);
            DurableFiles.rename(next, executable);
        } finally {
            Files.deleteIfExists(next);
        }
        removeOthers(List.of(HOME + build, HOME + before));
        return build;
    }

    /** Removes all of it; nothing there is fine. */
    public void uninstall() throws IOException {
        if (Files.isDirectory(binDir)) {
            Files.deleteIfExists(binDir.resolve(NAME));
            removeOthers(List.of());
        }
    }

    /** The line that the build has filled in; empty for a file that is no launcher of ours. */
    private static String build(Path launcher) throws IOException {
        for (String line : Files.readString(launcher, StandardCharsets.ISO_8859_1).split("\n")) {
            if (line.startsWith(BUILD)) {
                return line.substring(BUILD.length());
            }
        }
        return "";
    }

    /** Asks the shell's part and the Java client's part for their versions; a "noexec" file system fails here. */
    private static void requireToWork(Path launcher) throws IOException {
        final Path question = Files.createTempFile("ringway", ".json");
        try {
            // Only the client understands an escape, so it answers the second.
            for (String json : List.of("{\"cniVersion\":\"1.1.0\"}", "{\"cniVersion\":\"1.1\\u002e0\"}")) {
                Files.writeString(question, json);
                final String answer = ask(launcher, question);
                if (!answer.contains("\"supportedVersions\"")) {
                    throw new InstallException("the plugin does not work in " + launcher.getParent() + ": "
                            + answer.strip());
                }
            }
        } finally {
            Files.delete(question);
        }
    }

    private static String ask(Path launcher, Path question) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(launcher.toString()).redirectErrorStream(true)
                .redirectInput(question.toFile());
        builder.environment().put("CNI_COMMAND", "VERSION");
        final Process process = builder.start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Also what an installation has left that was cut short. */
    private void removeOthers(List<String> keep) throws IOException {
        final List<Path> hidden = new ArrayList<>();
        try (Stream<Path> files = Files.list(binDir)) {
            files.filter(file -> file.getFileName().toString().startsWith(HIDDEN)).forEach(hidden::add);
        }
        for (Path file : hidden) {
            if (!keep.contains(file.getFileName().toString())) {
                DurableFiles.deleteTree(file);
            }
        }
    }
}
