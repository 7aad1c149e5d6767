package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the scenarios of Services have in common. Each is a test of the name that Kubernetes' own end-to-end tests have
 * for it, where they have one, with real clients in real namespaces; a test class with a cluster implements all.
 */
interface ServiceScenarios {
    String VIP = "10.97.0.10";
    String VIP6 = "fd00:97::10";
    String EXTERNAL = "198.51.100.7";
    String EXTERNAL6 = "2001:db8::7";
    String CLIENT = TestCluster.pod(1, 1);
    String UNREADY = "ready: false, serving: false, terminating: false";
    String TERMINATING = "ready: false, serving: true, terminating: true";

    /** The cluster that it all happens in. */
    ServiceCluster services();

    default String outside() {
        return services().cluster.outside;
    }

    default ServiceYaml web() {
        return new ServiceYaml("web").clusterIp(VIP).port("TCP", 80, ServiceCluster.TARGET, "");
    }

    default ServiceYaml udp() {
        return new ServiceYaml("udp").clusterIp(VIP).port("UDP", 80, ServiceCluster.TARGET, "");
    }

    default ServiceYaml nodePort(String... spec) {
        return new ServiceYaml("np").clusterIp("10.97.0.11").spec("type: NodePort").spec(spec)
                .port("TCP", 80, ServiceCluster.TARGET, "nodePort: 30080");
    }

    /** With endpoints on both nodes. */
    static ServiceYaml everywhere(ServiceYaml service) {
        return service.endpoint(1, 2).endpoint(2, 1).endpoint(2, 2);
    }

    /** Who has answered. */
    static String server(String answer) {
        return answer.split(" ")[0];
    }

    /** Whom the server has seen. */
    static String client(String answer) {
        return answer.split(" ")[1];
    }

    /** All are, and there are some. */
    static void assertMatch(String pattern, List<String> answers) {
        assertTrue(!answers.isEmpty() && answers.stream().allMatch(answer -> answer.matches(pattern)),
                answers::toString);
    }

    /** The host outside reaches all endpoints over SCTP through a NodePort of each node, by its own address. */
    static void assertKeptAssociations(ServiceCluster services, int port, String... names) {
        for (int node = 1; node <= 2; node++) {
            final List<String> told = services.sctp(services.cluster.outside, "172.31.0." + node, port, 60).lines()
                    .toList();
            assertEven(ServiceCluster.spread(told), names);
            assertMatch("\\S+ 172\\.31\\.0\\.254", told);
        }
    }

    /** Of 60 requests each has its part. */
    static void assertEven(Map<String, Integer> spread, String... names) {
        assertEquals(Set.of(names), spread.keySet(), spread::toString);
        spread.values().forEach(count -> assertTrue(count >= 5, spread::toString));
    }

    /** At once, and not by silence. */
    default void assertRefused(String from, String address, int port) {
        final String said =
                services().cluster.net.in(from, "nc", "-nv", "-w", "5", address, Integer.toString(port)).out();
        assertTrue(said.contains("refused"), said);
    }

    /** By silence: the client gives up. */
    default void assertSilent(String from, String address, int port) {
        assertEquals(28, services().http(from, address, port, "--connect-timeout", "1").exit());
    }
}
