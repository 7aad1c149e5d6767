package dev.ringway.podnet;

import dev.ringway.control.IpText;
import dev.ringway.control.PodSpec;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.linux.Links;
import dev.ringway.linux.LinuxException;
import dev.ringway.linux.NetNs;
import dev.ringway.tun.TunDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pods' interfaces as TUN devices in their namespaces, each set up on one thread that enters the namespace. Addresses
 * are /32 and /128 and routes name only the device: a TUN has no neighbours to resolve. Called under PodManager's
 * lock, but for {@link #close}.
 */
final class PodInterfaces implements PodDevices {
    private final int mtu;
    private final boolean offloads;
    private final Map<TunDevice.Opened, Origin> origins = new ConcurrentHashMap<>();

    /**
     * Where an open device came from.
     *
     * @param namespace identity of its namespace's file
     * @param index     its number there
     * @param existed   it was there before it was opened
     */
    private record Origin(String namespace, int index, boolean existed) {
    }

    /**
     * @param mtu      of pods' interfaces that have none of their own, in bytes
     * @param offloads negotiate offloads
     */
    PodInterfaces(int mtu, boolean offloads) {
        this.mtu = mtu;
        this.offloads = offloads;
    }

    @Override
    public TunDevice.Opened open(PodSpec pod, Presence expected) throws IOException {
        if (!Files.exists(pod.netns())) {
            throw new IOException("network namespace " + pod.netns() + " does not exist");
        }
        final String namespace = NetNs.identity(pod.netns());
        return NetNs.call(pod.netns(), () -> {
            try (Links links = new Links()) {
                final boolean existed = links.find(pod.interfaceName()) != null;
                require(pod, expected, existed);
                final TunDevice.Opened device = openDevice(pod, existed);
                try {
                    final Links.Link link = links.find(pod.interfaceName());
                    configure(links, link, pod, existed);
                    origins.put(device, new Origin(namespace, link.index(), existed));
                    return device;
                } catch (IOException | RuntimeException e) {
                    Devices.close(device, !existed);
                    throw e;
                }
            }
        });
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
            return NetNs.identity(pod.netns()).equals(origins.get(device).namespace) ? null
                    : pod.netns() + " is another namespace now";
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public List<String> drift(PodSpec pod, TunDevice.Opened device) throws IOException {
        final String lost = lost(pod, device);
        if (lost != null) {
            return List.of(lost);
        }
        final Origin origin = origins.get(device);
        return NetNs.call(pod.netns(), () -> {
            try (Links links = new Links()) {
                return drift(links, pod, origin);
            }
        });
    }

    private List<String> drift(Links links, PodSpec pod, Origin origin) throws LinuxException {
        final List<String> drift = new ArrayList<>();
        final Links.Link link = links.find(pod.interfaceName());
        if (link == null) {
            drift.add("interface " + pod.interfaceName() + " is missing (renamed, or in another namespace)");
            return drift;
        }
        if (link.index() != origin.index) {
            drift.add("interface " + pod.interfaceName() + " is another one: index " + link.index() + " instead of "
                    + origin.index);
        }
        if (!link.up()) {
            drift.add("interface " + pod.interfaceName() + " is down");
        }
        if (link.mtu() != mtu(pod)) {
            drift.add("MTU of " + pod.interfaceName() + " is " + link.mtu() + " instead of " + mtu(pod));
        }
        final List<Links.Destination> addresses = links.addresses(link);
        for (IpAddress address : pod.addresses()) {
            if (!addresses.contains(destination(address.asPrefix()))) {
                drift.add("address " + IpText.text(address) + " is missing on " + pod.interfaceName());
            }
        }
        final List<Links.Destination> routes = links.routes(link);
        for (Prefix route : pod.routes()) {
            if (!routes.contains(destination(route))) {
                drift.add("route " + IpText.text(route) + " through " + pod.interfaceName() + " is missing");
            }
        }
        return drift;
    }

    private static void require(PodSpec pod, Presence expected, boolean existed) throws WrongPresence {
        if (existed && expected == Presence.NEW) {
            throw new WrongPresence("interface " + pod.interfaceName() + " exists already in " + pod.netns());
        }
        if (!existed && expected == Presence.LEFT) {
            throw new WrongPresence("its interface " + pod.interfaceName() + " is no more");
        }
    }

    private TunDevice.Opened openDevice(PodSpec pod, boolean existed) throws IOException {
        try {
            // On a thread of its own that begins in this one's namespace.
            return TunDevice.open(null, pod.interfaceName(), offloads);
        } catch (LinuxException e) {
            throw existed ? new IOException("interface " + pod.interfaceName() + " exists already in " + pod.netns()
                    + " and cannot be taken over: " + e.getMessage(), e) : e;
        }
    }

    /** Makes the interface right, whether it is new or one that a former daemon left. */
    private void configure(Links links, Links.Link link, PodSpec pod, boolean existed) throws IOException {
        if (pod.has(6)) {
            // Some hosts turn IPv6 off by default; and an address that goes with the link would not come back.
            Sysctl.set("ipv6/conf/lo/disable_ipv6", 0);
            Sysctl.set("ipv6/conf/" + pod.interfaceName() + "/disable_ipv6", 0);
            Sysctl.set("ipv6/conf/" + pod.interfaceName() + "/keep_addr_on_down", 1);
        }
        links.up(link, mtu(pod), IpBatch.QUEUE_PACKETS);
        for (IpAddress address : pod.addresses()) {
            links.address(link, IpText.text(address), address.version(), address.hi(), address.lo());
        }
        for (Prefix route : pod.routes()) {
            links.route(link, IpText.text(route), destination(route));
        }
        links.apply();
        // A container runtime's other plugins may have added some; the configuration's pods are all ours.
        if (existed && pod.isStatic()) {
            removeOthers(links, link, pod);
        }
    }

    private static void removeOthers(Links links, Links.Link link, PodSpec pod) throws LinuxException {
        final List<Links.Destination> wanted = new ArrayList<>();
        for (IpAddress address : pod.addresses()) {
            wanted.add(destination(address.asPrefix()));
        }
        for (Links.Destination address : links.addresses(link)) {
            if (!wanted.contains(address)) {
                links.removeAddress(link, address);
            }
        }
        links.apply();
    }

    private int mtu(PodSpec pod) {
        return pod.mtu() == 0 ? mtu : pod.mtu();
    }

    private static Links.Destination destination(Prefix prefix) {
        return new Links.Destination(prefix.version(), prefix.hi(), prefix.lo(), prefix.length());
    }
}
