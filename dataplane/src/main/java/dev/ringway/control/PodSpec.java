package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.tun.Shaping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod of this node as wanted.
 *
 * @param name          namespace/name; that of a CNI pod's successor may be the same for a while
 * @param containerId   the container runtime's name for its sandbox; empty for a pod of the configuration
 * @param netns         its network namespace
 * @param interfaceName name of its interface there
 * @param addresses     its addresses; the first is the primary one, which decides its shard
 * @param shaping       limits of its bandwidth
 * @param mtu           of its interface in bytes, or 0: the node's pods' MTU
 * @param routes        destinations it reaches through the interface
 */
public record PodSpec(String name, String containerId, Path netns, String interfaceName, List<IpAddress> addresses,
        Shaping shaping, int mtu, List<Prefix> routes) {
    public PodSpec {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("pod " + name + " has no address");
        }
    }

    /** A pod of the configuration, with default routes. */
    public PodSpec(String name, Path netns, String interfaceName, List<IpAddress> addresses, Shaping shaping) {
        this(name, "", netns, interfaceName, addresses, shaping, 0, defaultRoutes(addresses));
    }

    /** A pod without limits. */
    public PodSpec(String name, Path netns, String interfaceName, List<IpAddress> addresses) {
        this(name, netns, interfaceName, addresses, Shaping.NONE);
    }

    /** What tells it from every other: the name of a pod of the configuration, else sandbox and interface. */
    public String id() {
        return isStatic() ? name : containerId + "/" + interfaceName;
    }

    /** From the configuration, not from a container runtime. */
    public boolean isStatic() {
        return containerId.isEmpty();
    }

    public IpAddress primaryAddress() {
        return addresses.getFirst();
    }

    public boolean has(int version) {
        for (IpAddress address : addresses) {
            if (address.version() == version) {
                return true;
            }
        }
        return false;
    }

    /** One default route for each IP version among the addresses. */
    public static List<Prefix> defaultRoutes(List<IpAddress> addresses) {
        final List<Prefix> routes = new ArrayList<>();
        for (int version = 4; version <= 6; version += 2) {
            for (IpAddress address : addresses) {
                if (address.version() == version) {
                    routes.add(new Prefix(version, 0, 0, 0));
                    break;
                }
            }
        }
        return routes;
    }
}
