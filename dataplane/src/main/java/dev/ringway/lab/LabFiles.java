package dev.ringway.lab;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the lab keeps what it must know later: a directory of root's below /run, gone with the next boot. */
record LabFiles(Path directory) {
    private static final Path RUN = Path.of("/run");
    private static final Pattern PID_FILE = Pattern.compile("(node\\d+|n\\d+-p\\d+)\\.pid");

    static LabFiles standard() {
        return new LabFiles(RUN.resolve("ringway-lab"));
    }

    Path state() {
        return directory.resolve("lab.json");
    }

    Path config(String node) {
        return directory.resolve(node + ".yaml");
    }

    Path log(String node) {
        return directory.resolve(node + ".log");
    }

    Path pid(String node) {
        return directory.resolve(node + ".pid");
    }

    Path socket(String node) {
        return directory.resolve(node).resolve("ringway.sock");
    }

    /** What all nodes' switches read their Services from. */
    Path services() {
        return directory.resolve("services.yaml");
    }

    /** Where the node's switch keeps what container runtimes connected. */
    Path state(String node) {
        return directory.resolve(node + ".state");
    }

    /** Beside the directory, because that comes and goes while it is held. */
    Path lock() {
        return directory.resolveSibling(directory.getFileName() + ".lock");
    }

    /** Held while a lab is checked. */
    Path checkLock() {
        return directory.resolve("check.lock");
    }

    /** What has a pid file, also of a run that died before it wrote anything else. */
    List<Daemon> daemons() {
        final List<Daemon> daemons = new ArrayList<>();
        for (Path file : list()) {
            final Matcher name = PID_FILE.matcher(file.getFileName().toString());
            if (name.matches()) {
                daemons.add(new Daemon(name.group(1), this));
            }
        }
        daemons.sort(Comparator.comparing(Daemon::name));
        return daemons;
    }

    /** True if a run left anything here that matters; logs kept to explain a failure do not. */
    boolean hasLeftovers() {
        for (Path file : list()) {
            if (!isLog(file)) {
                return true;
            }
        }
        return false;
    }

    /** Removes the directory with all in it, or all but the logs. */
    void remove(boolean keepLogs) {
        try {
            for (Path file : list()) {
                if (!keepLogs || !isLog(file)) {
                    delete(file);
                }
            }
            if (list().isEmpty()) {
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            throw new LabException("cannot remove the lab's state: " + e, "rm -r " + directory);
        }
    }

    /** A file, or a directory with its files. */
    private static void delete(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(file)) {
                for (Path one : inside) {
                    Files.delete(one);
                }
            }
        }
        Files.deleteIfExists(file);
    }

    private List<Path> list() {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(files::add);
        } catch (NoSuchFileException e) {
            return files;
        } catch (IOException e) {
            throw new LabException("cannot read " + directory + ": " + e);
        }
        return files;
    }

    private static boolean isLog(Path file) {
        return file.toString().endsWith(".log");
    }
}
