package dev.ringway.podnet.cni;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.ipam.AddressPool;
import dev.ringway.linux.NetNs;
import dev.ringway.podnet.HostPorts;
import dev.ringway.podnet.PodManager;
import dev.ringway.podnet.WrongPresence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sandboxes' interfaces: made, taken away, and found again by the next daemon. Any thread; of one attachment one at a
 * time, which the caller sees to.
 *
 * <p>The order makes every crash harmless. An attachment is in the state file before its interface is made, and leaves
 * it after the interface is gone. So whatever is in a pod is known, and what is only in the file, the next daemon finds
 * to have no interface: it forgets it, and the addresses are free again.
 */
final class Attachments {
    private static final System.Logger LOG = System.getLogger(Attachments.class.getName());

    private final PodManager pods;
    private final HostPorts hostPorts;
    private final AttachmentStore store;
    private final AddressPool pool;
    private final Map<String, String> waiting = new ConcurrentHashMap<>();

    Attachments(PodManager pods, HostPorts hostPorts, AttachmentStore store, AddressPool pool) {
        this.pods = pods;
        this.hostPorts = hostPorts;
        this.store = store;
        this.pool = pool;
    }

    List<Attachment> all() {
        return store.all();
    }

    Attachment get(String id) {
        return store.get(id);
    }

    /** Those that could not be connected again yet, and why. */
    Map<String, String> waiting() {
        return new LinkedHashMap<>(waiting);
    }

    /**
     * Makes an interface, whose addresses are taken already; when this returns it works and outlives us. A failure
     * leaves nothing behind but the taken addresses.
     */
    void connect(Attachment attachment) throws IOException {
        final String id = attachment.id();
        store.put(attachment);
        try {
            final CompletableFuture<Void> lasting = store.sync();
            pods.create(attachment.spec());
            hostPorts.add(id, attachment.name(), attachment.ports(), attachment.addresses());
            await(lasting);
        } catch (IOException | RuntimeException e) {
            hostPorts.remove(id);
            pods.remove(id);
            forget(id);
            throw e;
        }
    }

    /** Takes an interface away with all that belongs to it, whatever of it is still there. */
    void disconnect(Attachment attachment) throws IOException {
        final String id = attachment.id();
        hostPorts.remove(id);
        pods.remove(id);
        waiting.remove(id);
        store.remove(id);
        pool.release(id);
        await(store.sync());
    }

    private static void await(CompletableFuture<Void> lasting) throws IOException {
        try {
            lasting.join();
        } catch (CompletionException e) {
            throw new IOException("syncing the state file: " + e.getCause().getMessage(), e);
        }
    }

    /** Takes addresses and ports of what a former daemon left, before anybody else can. */
    void restore() {
        for (Attachment attachment : store.all()) {
            final String other = pool.take(attachment.id(), attachment.addresses());
            if (other != null) {
                LOG.log(WARNING, "the state file gives addresses of " + attachment.name() + " to " + other + " too");
            }
            hostPorts.restore(attachment.id(), attachment.name(), attachment.ports(), attachment.addresses());
        }
    }

    /** Connects again what a former daemon left, and forgets what is gone. */
    void adopt() {
        for (Attachment attachment : store.all()) {
            adopt(attachment);
        }
    }

    /**
     * Connects an attachment that is not, unless its namespace or interface is gone, and takes one whose namespace
     * went without a DEL away. Our open device keeps a namespace alive in the kernel: that it is gone shows in its
     * path.
     */
    void reconcile(Attachment attachment) {
        if (store.get(attachment.id()) != attachment) {
            return;
        }
        if (pods.pod(attachment.id()) == null) {
            adopt(attachment);
        } else if (isGone(attachment)) {
            drop(attachment, "its network namespace " + attachment.netns() + " went away without a DEL");
        }
    }

    private void adopt(Attachment attachment) {
        if (isGone(attachment)) {
            drop(attachment, "its network namespace " + attachment.netns() + " is no more");
            return;
        }
        try {
            pods.adopt(attachment.spec());
            waiting.remove(attachment.id());
        } catch (WrongPresence e) {
            drop(attachment, e.getMessage());
        } catch (IOException | RuntimeException e) {
            final String why = String.valueOf(e.getMessage());
            if (!why.equals(waiting.put(attachment.id(), why))) {
                LOG.log(WARNING, "pod " + attachment.name() + " is not connected and will be tried again: " + why);
            }
        }
    }

    private void drop(Attachment attachment, String why) {
        try {
            disconnect(attachment);
            LOG.log(INFO, "pod " + attachment.name() + " (" + attachment.id() + ") taken off, its addresses are free: "
                    + why);
        } catch (IOException e) {
            LOG.log(WARNING, "pod " + attachment.name() + " is gone, but the state file still has it: "
                    + e.getMessage());
        }
    }

    private static boolean isGone(Attachment attachment) {
        final Path netns = Path.of(attachment.netns());
        try {
            return !Files.exists(netns) || !NetNs.identity(netns).equals(attachment.netnsId()) || !NetNs.isOne(netns);
        } catch (IOException e) {
            return !Files.exists(netns);
        }
    }

    private void forget(String id) {
        try {
            store.remove(id);
        } catch (IOException e) {
            LOG.log(WARNING, "a failed ADD stays in the state file until the next start: " + e.getMessage());
        }
    }
}
