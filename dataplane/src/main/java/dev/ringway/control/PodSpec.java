package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import dev.ringway.tun.Shaping;
import java.nio.file.Path;
import java.util.List;

/**
 * A pod of this node as wanted.
 *
 * @param name          namespace/name
 * @param netns         its network namespace
 * @param interfaceName name of its interface there
 * @param addresses     its addresses; the first is the primary one, which decides its shard
 * @param shaping       limits of its bandwidth
 */
public record PodSpec(String name, Path netns, String interfaceName, List<IpAddress> addresses, Shaping shaping) {
    public PodSpec {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("pod " + name + " has no address");
        }
    }

    /** A pod without limits. */
    public PodSpec(String name, Path netns, String interfaceName, List<IpAddress> addresses) {
        this(name, netns, interfaceName, addresses, Shaping.NONE);
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
}
