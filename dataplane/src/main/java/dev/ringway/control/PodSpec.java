package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A pod of this node as wanted.
 *
 * @param name          namespace/name
 * @param netns         its network namespace
 * @param interfaceName name of its interface there
 * @param addresses     its addresses; the first is the primary one, which decides its shard
 */
public record PodSpec(String name, Path netns, String interfaceName, List<IpAddress> addresses) {
    public PodSpec {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("pod " + name + " has no address");
        }
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
