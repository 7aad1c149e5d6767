package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A pod's bandwidth limits hold, in both directions, on the node and across nodes, and what is under them passes. Only
 * the upper bound is asserted: how much of it a busy machine reaches is no business of a test.
 */
final class BandwidthIT {
    private static final double LIMIT = 20e6;
    /** What the burst of 50 ms adds to a transfer of three seconds, and some headers. */
    private static final double TOLERANCE = 1.15;

    @ParameterizedTest
    @CsvSource({"egressRate, 2", "ingressRate, 2", "egressRate, 1", "ingressRate, 1"})
    void noMoreThanTheLimitPasses(String key, int serverNode) throws IOException {
        final TestCluster.Options options =
                TestCluster.Options.vxlan().everyPod("bandwidth: {" + key + ": 20000000}");
        try (TestCluster cluster = TestCluster.start(options)) {
            final String server = TestCluster.pod(serverNode, 2);
            cluster.net.start(server, "iperf", "iperf3", "-s", "-1");
            TestNet.await("iperf3", () -> cluster.net.shell(server, "ss -Hltn 'sport = :5201' | grep -q .").ok());
            final TestNet.Result result = cluster.net.shell(TestCluster.pod(1, 1), "timeout 60 iperf3 -J -t 3 -c "
                    + TestCluster.podAddress(serverNode, 2, 4));
            assertTrue(result.ok(), result.out());
            final double passed = new ObjectMapper().readTree(result.out()).at("/end/sum_received/bits_per_second")
                    .asDouble();
            assertTrue(passed > 0 && passed < LIMIT * TOLERANCE, passed + " bit/s passed a limit of " + LIMIT);
            if (key.equals("egressRate")) {
                // Packets wait in the pod; none is dropped for it.
                assertEquals(0, cluster.drops(1, "BANDWIDTH"));
            } else {
                assertTrue(cluster.drops(serverNode, "BANDWIDTH") > 0);
            }
        }
    }
}
