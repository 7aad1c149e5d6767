package dev.ringway.e2e;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * All scenarios on one cluster, whose nodes are of zones of their own and serve on their own network as well; so does
 * the host outside, which has routes to addresses of Services.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AllServiceScenarios implements ClusterIpScenarios, GranularScenarios, ServiceChangeScenarios,
        ExternalScenarios, PolicyScenarios, AffinityScenarios, FlowScenarios, SctpScenarios, TransferScenarios {
    private ServiceCluster services;

    abstract TestCluster.Options options();

    @BeforeAll
    void start() {
        services = new ServiceCluster(options(), "  zone: zNUMBER\n  healthz: 0.0.0.0:10256\n");
        services.cluster.net.ip(outside(), "route add " + EXTERNAL + "/32 via 172.31.0.1",
                "route add " + EXTERNAL6 + "/128 via fd00:31::1", "route add 10.97.0.0/16 via 172.31.0.1");
        for (int n = 1; n <= 2; n++) {
            services.cluster.net.ip(TestCluster.node(n), "route add default via 172.31.0.254",
                    "route add default via fd00:31::fe");
            services.serve(TestCluster.node(n), "node" + n);
        }
        services.serve(outside(), "out");
    }

    @AfterAll
    void stop() {
        if (services != null) {
            services.close();
        }
    }

    @Override
    public ServiceCluster services() {
        return services;
    }
}
