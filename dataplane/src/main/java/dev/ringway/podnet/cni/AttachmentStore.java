package dev.ringway.podnet.cni;

import static java.lang.System.Logger.Level.ERROR;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The attachments of this node, in memory and in the state file. Any thread. Changes that come at the same time go into
 * one write: who waits for its turn often finds that another has written its change as well.
 */
final class AttachmentStore implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AttachmentStore.class.getName());

    private final StateFile file;
    private final Map<String, Attachment> attachments = new LinkedHashMap<>();
    private final Map<String, IpAddress> lastBefore = new LinkedHashMap<>();
    private final Object writing = new Object();
    private final ExecutorService syncing =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("state-sync").factory());
    private Supplier<Map<String, IpAddress>> lastAllocated = Map::of;
    private long changes;
    private long written;

    /** @throws IOException if the state cannot be used; the message says what to do */
    AttachmentStore(StateFile file) throws IOException {
        this.file = file;
        final ObjectNode state = file.load();
        try {
            for (JsonNode one : state.path("attachments")) {
                final Attachment attachment = AttachmentJson.read(one);
                attachments.put(attachment.id(), attachment);
            }
            state.path("lastAllocated").properties().forEach(entry ->
                    lastBefore.put(entry.getKey(), IpText.address(entry.getValue().asText())));
        } catch (IllegalArgumentException e) {
            throw new IOException("the state in cni.stateDir is not understood: " + e.getMessage()
                    + ". Move state.json away to start without it", e);
        }
    }

    /** What each range set gave out last, as a former daemon wrote it. */
    Map<String, IpAddress> lastBefore() {
        return lastBefore;
    }

    /** Names where what was given out last is to be had from, to be written with each change. */
    void setLastAllocated(Supplier<Map<String, IpAddress>> supplier) {
        lastAllocated = supplier;
    }

    synchronized List<Attachment> all() {
        return new ArrayList<>(attachments.values());
    }

    synchronized Attachment get(String id) {
        return attachments.get(id);
    }

    /** Adds one; when this returns it is in the file. A failure leaves it out. */
    void put(Attachment attachment) throws IOException {
        try {
            write(change(attachment.id(), attachment));
        } catch (IOException e) {
            change(attachment.id(), null);
            throw e;
        }
    }

    /** Removes one; when this returns it is out of the file. */
    void remove(String id) throws IOException {
        write(change(id, null));
    }

    /** Makes what was written so far last through a crash of the machine, on another thread. */
    CompletableFuture<Void> sync() {
        return CompletableFuture.runAsync(() -> {
            try {
                file.sync();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, syncing);
    }

    private synchronized long change(String id, Attachment attachment) {
        if (attachment == null) {
            attachments.remove(id);
        } else {
            attachments.put(id, attachment);
        }
        return ++changes;
    }

    private void write(long change) throws IOException {
        synchronized (writing) {
            if (written >= change) {
                return;
            }
            final long upTo;
            final ObjectNode state = JsonNodeFactory.instance.objectNode();
            synchronized (this) {
                upTo = changes;
                final ArrayNode array = state.putArray("attachments");
                attachments.values().forEach(attachment -> array.add(AttachmentJson.write(attachment)));
            }
            final ObjectNode last = state.putObject("lastAllocated");
            lastAllocated.get().forEach((set, address) -> last.put(set, IpText.text(address)));
            file.write(state);
            written = upTo;
        }
    }

    @Override
    public void close() {
        syncing.shutdown();
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(ERROR, "closing the state file", e);
        }
    }
}
