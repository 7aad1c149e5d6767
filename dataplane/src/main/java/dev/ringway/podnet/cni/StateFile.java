package dev.ringway.podnet.cni;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * {@code state.json} in its directory, which is this daemon's alone: replaced as a whole, so that it is always either
 * the old or the new one, and {@code state.json.bak}, the one before. A number tells the version of its format: what is
 * older is migrated step by step, what is newer refused. One thread at a time.
 */
final class StateFile implements AutoCloseable {
    static final String NAME = "state.json";

    private static final System.Logger LOG = System.getLogger(StateFile.class.getName());

    private final JsonMapper json = new JsonMapper();
    private final Path file;
    private final Path backup;
    private final List<UnaryOperator<ObjectNode>> migrations;
    private final FileChannel lock;
    private final FileChannel directory;

    private StateFile(Path file, List<UnaryOperator<ObjectNode>> migrations, FileChannel lock, FileChannel directory) {
        this.file = file;
        backup = file.resolveSibling(NAME + ".bak");
        this.migrations = migrations;
        this.lock = lock;
        this.directory = directory;
    }

    /**
     * Takes a directory, making it if it is missing.
     *
     * @param migrations the first makes version 2 of version 1, and so on
     * @throws IOException if another daemon has it
     */
    static StateFile open(Path directory, List<UnaryOperator<ObjectNode>> migrations) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        final FileChannel lock = FileChannel.open(directory.resolve(NAME + ".lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() != null) {
                return new StateFile(directory.resolve(NAME), List.copyOf(migrations), lock,
                        FileChannel.open(directory, StandardOpenOption.READ));
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(WARNING, directory + " is used twice by this process");
        }
        lock.close();
        throw new IOException(directory + " is another running switch's; give this one its own cni.stateDir");
    }

    private int version() {
        return 1 + migrations.size();
    }

    /**
     * What was written last, in this version's format; an empty object if there is nothing. A file that is broken is
     * kept under another name, and the one before it used.
     *
     * @throws IOException if it is newer than this program, or neither file is whole
     */
    ObjectNode load() throws IOException {
        try {
            return migrate(read(file), file);
        } catch (NoSuchFileException e) {
            return json.createObjectNode();
        } catch (BrokenFile e) {
            final Path kept = file.resolveSibling(NAME + ".broken");
            final ObjectNode older = migrate(readBackup(file + " is broken: " + e.getMessage()), backup);
            Files.move(file, kept, StandardCopyOption.REPLACE_EXISTING);
            LOG.log(WARNING, file + " is broken (" + e.getMessage() + ") and kept as " + kept + "; " + backup
                    + ", one change older, is used instead. A pod that was added last may be missing from ringway"
                    + " pods; it gets its network back when it is created anew");
            return older;
        }
    }

    private ObjectNode readBackup(String why) throws IOException {
        try {
            return read(backup);
        } catch (BrokenFile | NoSuchFileException e) {
            throw new IOException(why + ", and there is no usable " + backup + ". To start without what they knew, move"
                    + " them away: pods that were connected keep their interfaces but get no packets until they are"
                    + " created anew, and their addresses may be given out again");
        }
    }

    private ObjectNode read(Path from) throws IOException, BrokenFile {
        final JsonNode node;
        try {
            node = json.readTree(Files.readAllBytes(from));
        } catch (JsonProcessingException e) {
            throw new BrokenFile("no JSON: " + e.getOriginalMessage());
        }
        if (node == null || !node.isObject() || !node.path("version").isInt() || node.path("version").asInt() < 1) {
            throw new BrokenFile("no state of a switch");
        }
        return (ObjectNode) node;
    }

    private ObjectNode migrate(ObjectNode state, Path from) throws IOException {
        final int found = state.path("version").asInt();
        if (found > version()) {
            throw new IOException(from + " is of version " + found + ", made by a newer ringway; this one knows "
                    + version() + ". Start the newer one again, or drain the node and remove the file");
        }
        ObjectNode migrated = state;
        for (int step = found; step < version(); step++) {
            migrated = migrations.get(step - 1).apply(migrated);
        }
        return migrated.put("version", version());
    }

    /** Replaces the file: when this returns any reader sees the new one, also after a crash of the daemon. */
    void write(ObjectNode state) throws IOException {
        final Path fresh = file.resolveSibling(NAME + ".new");
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            final ByteBuffer bytes = ByteBuffer.wrap(json.writeValueAsBytes(state.put("version", version())));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.deleteIfExists(backup);
        if (Files.exists(file)) {
            Files.createLink(backup, file);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes the replacement last through a crash of the machine. Any thread. */
    void sync() throws IOException {
        directory.force(true);
    }

    @Override
    public void close() throws IOException {
        directory.close();
        lock.close();
    }

    /** A file that is not what was written. */
    private static final class BrokenFile extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenFile(String message) {
            super(message);
        }
    }
}
