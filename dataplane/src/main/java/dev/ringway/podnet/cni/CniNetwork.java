package dev.ringway.podnet.cni;

import dev.ringway.control.SnapshotPublisher;
import dev.ringway.fib.IpAddress;
import dev.ringway.ipam.AddressPool;
import dev.ringway.podnet.ControlOp;
import dev.ringway.podnet.HostPorts;
import dev.ringway.podnet.PodManager;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * CNI's side of the daemon, put together. Opened before the node's own end, whose rules lead host ports to the pods
 * that the state file knows; {@link #adopt} when packets can flow. Belongs to the daemon's main thread.
 */
public final class CniNetwork implements AutoCloseable {
    private static final long RECONCILE_MS = TimeUnit.SECONDS.toMillis(30);

    private final AttachmentStore store;
    private final Attachments attachments;
    private final CniService service;
    private long reconciledMs;

    private CniNetwork(AttachmentStore store, Attachments attachments, CniService service) {
        this.store = store;
        this.attachments = attachments;
        this.service = service;
    }

    /**
     * Reads what a former daemon left.
     *
     * @param taken  addresses that are static pods'
     * @param podMtu of pods' interfaces, in bytes
     * @throws IOException if the state cannot be used; the message says what to do
     */
    public static CniNetwork open(CniSettings settings, PodManager pods, HostPorts hostPorts,
            SnapshotPublisher publisher, Predicate<IpAddress> taken, int podMtu) throws IOException {
        final StateFile file = StateFile.open(settings.stateDir(), List.of());
        try {
            final AttachmentStore store = new AttachmentStore(file);
            final NodeAddresses node = new NodeAddresses(publisher, settings.ranges());
            final AddressPool pool = new AddressPool(address -> node.isGateway(address) || taken.test(address),
                    settings.reservations());
            pool.setLastAllocated(store.lastBefore());
            store.setLastAllocated(pool::lastAllocated);
            final Attachments attachments = new Attachments(pods, hostPorts, store, pool);
            attachments.restore();
            return new CniNetwork(store, attachments, new CniService(pods, hostPorts, attachments, pool, node,
                    new NetnsPaths(settings.netnsDirectories()), podMtu));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Connects the pods of a former daemon again, and forgets those that are gone. */
    public void adopt(long nowMs) {
        attachments.adopt();
        reconciledMs = nowMs;
    }

    /** Looks after all pods every half a minute; to be called about once a second. */
    public void tick(long nowMs) {
        if (nowMs - reconciledMs >= RECONCILE_MS) {
            reconciledMs = nowMs;
            attachments.all().forEach(service::reconcile);
        }
    }

    public ControlOp op() {
        return new CniOp(service);
    }

    /** How many pods the runtime has connected. */
    public int size() {
        return attachments.all().size();
    }

    /** Pods that are not connected again yet and why, by container and interface. */
    public Map<String, String> waiting() {
        return attachments.waiting();
    }

    /** Gives the state's directory up; what is connected stays so. */
    @Override
    public void close() {
        store.close();
    }
}
