package dev.ringway.benchmarks;

import dev.ringway.control.services.EndpointPortSpec;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.EndpointSpec;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceCatalog;
import dev.ringway.control.services.ServicePortSpec;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.control.services.ServiceType;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Balance;
import java.util.ArrayList;
import java.util.List;

/** Services as a large cluster has them: a ClusterIP, one port, five endpoints each. */
final class ManyServices {
    static final int ENDPOINTS = 5;
    private static final long CLUSTER_IPS = 0x0A60_0000L;
    private static final long PODS = 0x0AF4_0000L;

    private ManyServices() {
    }

    static IpAddress clusterIp(int service) {
        return new IpAddress(4, CLUSTER_IPS + service << 32, 0);
    }

    static ServiceCatalog catalog(int services) {
        final ServiceCatalog catalog = new ServiceCatalog(
                new NodeView("node1", "", List.of(), List.of(), new IpAddress(4, PODS << 32, 0), null), Balance.RANDOM);
        for (int i = 0; i < services; i++) {
            catalog.put(new ServiceSpec("bench", "s" + i, ServiceType.CLUSTER_IP, List.of(clusterIp(i)),
                    List.of(new ServicePortSpec("http", 6, 80, 0)), List.of(), List.of(), List.of(), 0, false, false, 0,
                    false, false, null));
            catalog.put(slice(i, 0));
        }
        return catalog;
    }

    /** @param change another number, another address of the first endpoint */
    static EndpointSliceSpec slice(int service, int change) {
        final List<EndpointSpec> endpoints = new ArrayList<>();
        for (int e = 0; e < ENDPOINTS; e++) {
            final long number = service * (long) ENDPOINTS + e + (e == 0 ? change * 0x10_0000L : 0);
            endpoints.add(new EndpointSpec(new IpAddress(4, PODS + number << 32, 0), true, true, false,
                    "node" + number % 100, null, List.of(), List.of(), 1));
        }
        return new EndpointSliceSpec("bench", "s" + service + "-1", "s" + service, 4, false,
                List.of(new EndpointPortSpec("http", 6, 8080)), endpoints, 0);
    }
}
