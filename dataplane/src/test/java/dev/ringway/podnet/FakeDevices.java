package dev.ringway.podnet;

import dev.ringway.control.PodSpec;
import dev.ringway.linux.Fd;
import dev.ringway.tun.TunDevice;
import dev.ringway.tun.TunOffloads;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Interfaces without a kernel: writes down what is asked of it, fails where told to. */
public final class FakeDevices implements PodDevices {
    /** By pod name: why its interface cannot be opened. */
    public final Map<String, String> failures = new HashMap<>();
    /** By pod name: what has happened to its interface. */
    public final Map<String, String> losses = new HashMap<>();

    /** By pod id: interfaces that are there. */
    public final Set<String> left = new HashSet<>();
    /** What the next {@link #drift} tells. */
    public List<String> drift = List.of();

    private final Map<TunDevice.Opened, String> names = new HashMap<>();
    private final Map<TunDevice.Opened, String> ids = new HashMap<>();
    private final List<String> events;

    FakeDevices(List<String> events) {
        this.events = events;
    }

    @Override
    public TunDevice.Opened open(PodSpec pod, Presence expected) throws IOException {
        if (expected == Presence.NEW && left.contains(pod.id()) || expected == Presence.LEFT
                && !left.contains(pod.id())) {
            throw new WrongPresence(pod.interfaceName() + (left.contains(pod.id()) ? " exists" : " is no more"));
        }
        if (failures.containsKey(pod.name())) {
            throw new IOException(failures.get(pod.name()));
        }
        final TunDevice.Opened device = new TunDevice.Opened(new Fd(-1), TunOffloads.TSO);
        names.put(device, pod.name());
        ids.put(device, pod.id());
        left.add(pod.id());
        events.add("open " + pod.name());
        return device;
    }

    @Override
    public void rollBack(TunDevice.Opened device) {
        events.add("roll back " + names.get(device));
    }

    @Override
    public void close(TunDevice.Opened device, boolean remove) {
        if (remove) {
            left.remove(ids.get(device));
        }
        events.add((remove ? "delete " : "leave ") + names.get(device));
    }

    @Override
    public String lost(PodSpec pod, TunDevice.Opened device) {
        return losses.remove(pod.name());
    }

    @Override
    public List<String> drift(PodSpec pod, TunDevice.Opened device) {
        return drift;
    }
}
