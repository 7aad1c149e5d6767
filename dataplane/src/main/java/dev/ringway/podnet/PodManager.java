package dev.ringway.podnet;

import dev.ringway.control.IpText;
import dev.ringway.control.PodSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.Traffic;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.shard.Dataplane;
import dev.ringway.tun.TunDevice;
import dev.ringway.tun.TunPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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

    /**
     * Connects a pod of the configuration, through the interface it has or a new one; when this returns its packets
     * are switched. A failure leaves everything as it was.
     */
    public void add(PodSpec pod) throws IOException {
        add(pod, Presence.ANY);
    }

    /** Connects a pod through a new interface; {@link WrongPresence} if there is one of this name. */
    public void create(PodSpec pod) throws IOException {
        add(pod, Presence.NEW);
    }

    /** Connects a pod through the interface that a former daemon left; {@link WrongPresence} if there is none. */
    public void adopt(PodSpec pod) throws IOException {
        add(pod, Presence.LEFT);
    }

    private synchronized void add(PodSpec pod, Presence expected) throws IOException {
        checkFree(pod);
        final TunDevice.Opened device = devices.open(pod, expected);
        final TunPort port = new TunPort(numbers.take(), pod.name(), pod.interfaceName(), device.fd(),
                device.offloads(), pod.mtu() == 0 ? mtu : pod.mtu(), false, dataplane.shardOf(pod.primaryAddress()),
                shards);
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
        next.put(pod.id(), new LivePod(pod, port, device));
        live = next;
    }

    /** Takes a pod off and removes its interface; false if there is no pod of this id. */
    public boolean remove(String id) {
        final LivePod pod = takeOff(id);
        if (pod == null) {
            return false;
        }
        // The kernel takes some 20 ms to end a device, in which other pods can come and go.
        devices.close(pod.device(), true);
        return true;
    }

    private synchronized LivePod takeOff(String id) {
        final Map<String, LivePod> next = new LinkedHashMap<>(live);
        final LivePod pod = next.remove(id);
        if (pod != null) {
            publisher.removePod(pod.spec());
            dataplane.removePort(pod.port());
            live = next;
            retired = retired.plus(Traffic.of(pod.port()));
            numbers.release(pod.port().number());
        }
        return pod;
    }

    /** The pods that are connected, in the order they came. */
    public Collection<LivePod> pods() {
        return live.values();
    }

    public LivePod pod(String id) {
        return live.get(id);
    }

    /** What went through pods' ports that are no more, so that totals never go back. */
    public Traffic retired() {
        return retired;
    }

    /** Why a connected pod's interface is of no use any more, or null if it is fine or the pod is not connected. */
    public synchronized String lost(String id) {
        final LivePod pod = live.get(id);
        return pod == null ? null : devices.lost(pod.spec(), pod.device());
    }

    /** What is not as {@link #add} left it, in the pod and in the switch, for people; empty if all is. */
    public synchronized List<String> drift(String id) throws IOException {
        final LivePod pod = live.get(id);
        if (pod == null) {
            return List.of("the switch has no such pod");
        }
        final List<String> drift = new ArrayList<>(devices.drift(pod.spec(), pod.device()));
        for (IpAddress address : pod.spec().addresses()) {
            final Adjacency way = publisher.route(address);
            if (!Adjacency.pod(pod.port().number()).equals(way)) {
                drift.add("the switch sends " + IpText.text(address) + " elsewhere");
            }
        }
        if (pod.port().ingress() == null != (pod.spec().shaping().ingressBitsPerSecond() == 0)
                || pod.port().egress() == null != (pod.spec().shaping().egressBitsPerSecond() == 0)) {
            drift.add("the switch does not limit its bandwidth as asked");
        }
        return drift;
    }

    /**
     * Gives all interfaces up, after the dataplane has been closed. Those of a container runtime's pods stay in any
     * case: only the runtime ends its pods, and nothing would make their interfaces anew.
     *
     * @param remove false: the others stay too, for the next daemon to take over
     */
    public synchronized void close(boolean remove) {
        for (LivePod pod : live.values()) {
            devices.close(pod.device(), remove && pod.spec().isStatic());
        }
        live = Map.of();
    }

    private void checkFree(PodSpec pod) throws IOException {
        for (LivePod other : live.values()) {
            final PodSpec spec = other.spec();
            if (spec.id().equals(pod.id())) {
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
