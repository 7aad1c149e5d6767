package dev.ringway.podnet;

import dev.ringway.control.IpText;
import dev.ringway.control.PodSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.Traffic;
import dev.ringway.fib.IpAddress;
import dev.ringway.shard.Dataplane;
import dev.ringway.tun.TunDevice;
import dev.ringway.tun.TunPort;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Connects pods and takes them off again while packets flow. One change at a time, on the caller's thread; what is
 * connected can be read at any time without waiting.
 *
 * <p>The order of {@link #add}: interface in the pod, port read by its shard, then routes to it. {@link #remove} goes
 * the way back, so that no table ever names a port that is not there.
 */
public final class PodManager {
    private final PodDevices devices;
    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final PortNumbers numbers;
    private final int mtu;
    private final int shards;
    private volatile Map<String, LivePod> live = Map.of();
    private volatile Traffic retired = Traffic.ZERO;

    /**
     * @param mtu      of pods' interfaces, in bytes
     * @param offloads negotiate offloads of their devices
     * @param shards   number of shards
     */
    public PodManager(Dataplane dataplane, SnapshotPublisher publisher, PortNumbers numbers, int mtu, boolean offloads,
            int shards) {
        this(new PodInterfaces(mtu, offloads), dataplane, publisher, numbers, mtu, shards);
    }

    PodManager(PodDevices devices, Dataplane dataplane, SnapshotPublisher publisher, PortNumbers numbers, int mtu,
            int shards) {
        this.devices = devices;
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.numbers = numbers;
        this.mtu = mtu;
        this.shards = shards;
    }

    /** Connects a pod; when this returns its packets are switched. A failure leaves everything as it was. */
    public synchronized void add(PodSpec pod) throws IOException {
        checkFree(pod);
        final TunDevice.Opened device = devices.open(pod);
        final TunPort port = new TunPort(numbers.take(), pod.name(), pod.interfaceName(), device.fd(),
                device.offloads(), mtu, false, dataplane.shardOf(pod.primaryAddress()), shards);
        port.setShaping(pod.shaping());
        try {
            dataplane.addPort(port);
            publisher.addPod(pod, port);
        } catch (RuntimeException e) {
            numbers.release(port.number());
            devices.rollBack(device);
            throw e;
        }
        final Map<String, LivePod> next = new LinkedHashMap<>(live);
        next.put(pod.name(), new LivePod(pod, port, device));
        live = next;
    }

    /** Takes a pod off and removes its interface; false if there is no such pod. */
    public synchronized boolean remove(String name) {
        final Map<String, LivePod> next = new LinkedHashMap<>(live);
        final LivePod pod = next.remove(name);
        if (pod == null) {
            return false;
        }
        publisher.removePod(pod.spec());
        dataplane.removePort(pod.port());
        live = next;
        retired = retired.plus(Traffic.of(pod.port()));
        numbers.release(pod.port().number());
        devices.close(pod.device(), true);
        return true;
    }

    /** The pods that are connected, in the order they came. */
    public Collection<LivePod> pods() {
        return live.values();
    }

    public LivePod pod(String name) {
        return live.get(name);
    }

    /** What went through pods' ports that are no more, so that totals never go back. */
    public Traffic retired() {
        return retired;
    }

    /** Why a connected pod's interface is of no use any more, or null if it is fine or the pod is not connected. */
    public synchronized String lost(String name) {
        final LivePod pod = live.get(name);
        return pod == null ? null : devices.lost(pod.spec(), pod.device());
    }

    /**
     * Gives all interfaces up, after the dataplane has been closed.
     *
     * @param remove false: they stay in the pods for the next daemon to take over
     */
    public synchronized void close(boolean remove) {
        for (LivePod pod : live.values()) {
            devices.close(pod.device(), remove);
        }
        live = Map.of();
    }

    private void checkFree(PodSpec pod) throws IOException {
        for (LivePod other : live.values()) {
            final PodSpec spec = other.spec();
            if (spec.name().equals(pod.name())) {
                throw new IOException("pod " + pod.name() + " is connected already");
            }
            if (spec.netns().equals(pod.netns()) && spec.interfaceName().equals(pod.interfaceName())) {
                throw new IOException("interface " + pod.interfaceName() + " in " + pod.netns() + " is that of pod "
                        + spec.name());
            }
            for (IpAddress address : pod.addresses()) {
                if (spec.addresses().contains(address)) {
                    throw new IOException("address " + IpText.text(address) + " is that of pod " + spec.name());
                }
            }
        }
    }
}
