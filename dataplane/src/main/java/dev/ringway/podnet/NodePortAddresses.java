package dev.ringway.podnet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The node's addresses as its interfaces have them now, and which of them NodePorts are open on. Services' addresses
 * that an interface has are none of the node's: kube-proxy's ipvs mode has all of them on a device, NodeLocal DNSCache
 * that of the cluster's DNS.
 *
 * @param all       every global address but those of the node's own TUN device
 * @param nodePorts those that NodePorts are open on
 */
public record NodePortAddresses(List<IpAddress> all, List<IpAddress> nodePorts) {
    private static final Prefix LOOPBACK = IpText.prefix("127.0.0.0/8");
    /** Has the addresses of all Services, also those outside the cluster, while kube-proxy runs in its ipvs mode. */
    private static final String IPVS_DEVICE = "kube-ipvs0";

    public NodePortAddresses {
        all = List.copyOf(all);
        nodePorts = List.copyOf(nodePorts);
    }

    /** An address and where it is. */
    record Found(IpAddress address, String device, boolean global) {
    }

    /**
     * Looks at the interfaces; a run of iproute2.
     *
     * @param device   the node's own TUN device
     * @param ranges   NodePorts are open on the node's addresses in these
     * @param services where cluster IPs are from
     */
    public static NodePortAddresses find(String device, List<Prefix> ranges, List<Prefix> services)
            throws IOException {
        return of(read(new IpBatch().add("addr show").run(null)), device, ranges, services);
    }

    static NodePortAddresses of(List<Found> found, String device, List<Prefix> ranges, List<Prefix> services) {
        final List<IpAddress> all = new ArrayList<>();
        final List<IpAddress> open = new ArrayList<>();
        for (Found one : found) {
            if (one.device.equals(device) || one.device.equals(IPVS_DEVICE)
                    || Prefix.anyContains(services, one.address)) {
                continue;
            }
            if (one.global && !all.contains(one.address)) {
                all.add(one.address);
            }
            if (!open.contains(one.address) && isOpen(one, ranges)) {
                open.add(one.address);
            }
        }
        return new NodePortAddresses(all, open);
    }

    /**
     * 127.0.0.0/8 only if a range says so itself, not as a part of 0.0.0.0/0; ::1 and link-local addresses never, since
     * the kernel does not let packets from there leave through another device.
     */
    private static boolean isOpen(Found one, List<Prefix> ranges) {
        final IpAddress address = one.address;
        final boolean loopback = LOOPBACK.contains(address);
        if (!one.global && !loopback) {
            return false;
        }
        for (Prefix range : ranges) {
            if (range.contains(address) && (!loopback || LOOPBACK.contains(range))) {
                return true;
            }
        }
        return false;
    }

    /** @param shown what {@code ip -json addr show} prints */
    static List<Found> read(String shown) throws IOException {
        final List<Found> found = new ArrayList<>();
        for (JsonNode link : Addresses.documents(shown)) {
            for (JsonNode info : link.path("addr_info")) {
                found.add(new Found(IpText.address(info.path("local").asText()), link.path("ifname").asText(),
                        info.path("scope").asText().equals("global")));
            }
        }
        return found;
    }
}
