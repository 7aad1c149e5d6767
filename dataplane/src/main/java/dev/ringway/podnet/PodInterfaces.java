package dev.ringway.podnet;

import dev.ringway.control.PodSpec;
import dev.ringway.linux.LinuxException;
import dev.ringway.linux.NetNs;
import dev.ringway.tun.TunDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Pods' interfaces as TUN devices in their namespaces, set up by one run of iproute2 each. Addresses are /32 and /128
 * and the default routes name only the device: a TUN has no neighbours to resolve. Called under PodManager's lock.
 */
final class PodInterfaces implements PodDevices {
    private final int mtu;
    private final boolean offloads;
    private final Map<TunDevice.Opened, Origin> origins = new HashMap<>();

    /**
     * Where an open device came from.
     *
     * @param namespace device and inode number of its namespace's file
     * @param existed   it was there before it was opened
     */
    private record Origin(String namespace, boolean existed) {
    }

    /**
     * @param mtu      of every pod's interface, in bytes
     * @param offloads negotiate offloads
     */
    PodInterfaces(int mtu, boolean offloads) {
        this.mtu = mtu;
        this.offloads = offloads;
    }

    @Override
    public TunDevice.Opened open(PodSpec pod) throws IOException {
        if (!Files.exists(pod.netns())) {
            throw new IOException("network namespace " + pod.netns() + " does not exist");
        }
        final String namespace = identity(pod.netns());
        final boolean existed =
                NetNs.call(pod.netns(), () -> Sysctl.exists("ipv4/conf/" + pod.interfaceName()));
        final TunDevice.Opened device = openDevice(pod, existed);
        origins.put(device, new Origin(namespace, existed));
        try {
            configure(pod);
            return device;
        } catch (IOException | RuntimeException e) {
            rollBack(device);
            throw e;
        }
    }

    @Override
    public void rollBack(TunDevice.Opened device) {
        close(device, !origins.get(device).existed);
    }

    @Override
    public void close(TunDevice.Opened device, boolean remove) {
        origins.remove(device);
        Devices.close(device, remove);
    }

    @Override
    public String lost(PodSpec pod, TunDevice.Opened device) {
        if (Devices.isGone(device)) {
            return "its interface " + pod.interfaceName() + " was deleted";
        }
        try {
            if (!Files.exists(pod.netns())) {
                // The open device would keep the namespace alive in the kernel for ever.
                return pod.netns() + " is gone";
            }
            return identity(pod.netns()).equals(origins.get(device).namespace) ? null
                    : pod.netns() + " is another namespace now";
        } catch (IOException e) {
            return null;
        }
    }

    private TunDevice.Opened openDevice(PodSpec pod, boolean existed) throws IOException {
        try {
            return TunDevice.open(pod.netns(), pod.interfaceName(), offloads);
        } catch (LinuxException e) {
            throw existed ? new IOException("interface " + pod.interfaceName() + " exists already in " + pod.netns()
                    + " and cannot be taken over: " + e.getMessage(), e) : e;
        }
    }

    private void configure(PodSpec pod) throws IOException {
        final String device = pod.interfaceName();
        if (pod.has(6)) {
            NetNs.call(pod.netns(), () -> {
                // Some hosts turn IPv6 off by default; and an address that goes with the link would not come back.
                Sysctl.set("ipv6/conf/" + device + "/disable_ipv6", 0);
                return Sysctl.set("ipv6/conf/" + device + "/keep_addr_on_down", 1);
            });
        }
        final String shown = setUp(pod, mtu).run(pod.netns());
        final IpBatch stale = new IpBatch();
        Addresses.removeOthers(stale, device, pod.addresses(), shown);
        if (!stale.isEmpty()) {
            stale.run(pod.netns());
        }
    }

    /** What makes the interface right, whether it is new or one that a former daemon left. */
    static IpBatch setUp(PodSpec pod, int mtu) {
        final String device = pod.interfaceName();
        final IpBatch batch = new IpBatch();
        batch.upTun(device, mtu);
        Addresses.wanted(batch, device, pod.addresses());
        if (pod.has(4)) {
            batch.add("route replace 0.0.0.0/0 dev " + device);
        }
        if (pod.has(6)) {
            batch.add("route replace ::/0 dev " + device);
        }
        return batch;
    }

    private static String identity(Path netns) throws IOException {
        final Map<String, Object> attributes = Files.readAttributes(netns, "unix:dev,ino");
        return attributes.get("dev") + ":" + attributes.get("ino");
    }
}
