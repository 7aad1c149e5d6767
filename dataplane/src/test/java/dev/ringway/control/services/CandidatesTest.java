package dev.ringway.control.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Which endpoints are used, case by case under the names that kube-proxy's TestCategorizeEndpoints has for them, those
 * that are still true of it; then hints for nodes. Endpoints are numbered 10.0.0.N.
 */
class CandidatesTest {
    private record Case(String name, String zone, List<Specs.Ep> endpoints, String cluster, String local) {
        void run() {
            final List<Endpoint> all = new ArrayList<>();
            for (Specs.Ep endpoint : endpoints) {
                final EndpointSpec spec = endpoint.spec();
                all.add(new Endpoint(spec, 80, Specs.NODE.equals(spec.node()), spec.ready()));
            }
            final Candidates candidates = Candidates.of(all, Specs.NODE, zone);
            assertEquals(cluster, numbers(candidates.cluster()), "cluster");
            assertEquals(local, numbers(candidates.local()), "local");
            assertEquals(!cluster.isEmpty() || !local.isEmpty(), candidates.anyEndpoint());
        }

        private static String numbers(int[] indices) {
            final StringBuilder text = new StringBuilder();
            for (int index : indices) {
                text.append(text.isEmpty() ? "" : " ").append(index);
            }
            return text.toString();
        }
    }

    private static Specs.Ep ep(int number) {
        return new Specs.Ep("10.0.0." + number);
    }

    private static Case of(String name, String zone, String cluster, String local, Specs.Ep... endpoints) {
        return new Case(name, zone, List.of(endpoints), cluster, local);
    }

    @TestFactory
    Stream<DynamicTest> categorizeEndpoints() {
        return tests(
                of("normal endpoint filtering", "zone-a", "0 3", "",
                        ep(0).zones("zone-a"), ep(1).zones("zone-b"), ep(2).zones("zone-c"), ep(3).zones("zone-a")),
                of("externalTrafficPolicy: Local, topology ignored for Local endpoints", "zone-a", "0 3", "0 1",
                        ep(0).zones("zone-a").here(), ep(1).zones("zone-b").here(), ep(2).zones("zone-c"),
                        ep(3).zones("zone-a")),
                of("empty zone label", "", "0", "", ep(0).zones("zone-a")),
                of("node in different zone, no endpoint filtering", "zone-b", "0", "", ep(0).zones("zone-a")),
                of("unready endpoint", "zone-a", "0", "",
                        ep(0).zones("zone-a"), ep(1).zones("zone-b"), ep(2).zones("zone-c"),
                        ep(3).zones("zone-a").notReady()),
                of("only unready endpoints in same zone (should not filter)", "zone-a", "1 2", "",
                        ep(0).zones("zone-a").notReady(), ep(1).zones("zone-b"), ep(2).zones("zone-c"),
                        ep(3).zones("zone-a").notReady()),
                of("missing hints, no filtering applied", "zone-a", "0 1 2 3", "",
                        ep(0).zones("zone-a"), ep(1).zones("zone-b"), ep(2), ep(3).zones("zone-a")),
                of("multiple hints per endpoint, filtering includes any endpoint with zone included", "zone-c",
                        "0 1 3", "", ep(0).zones("zone-a", "zone-b", "zone-c"), ep(1).zones("zone-b", "zone-c"),
                        ep(2).zones("zone-b", "zone-d"), ep(3).zones("zone-c")),
                of("conflicting topology and localness require merging allEndpoints", "zone-a", "0 2", "0 1",
                        ep(0).zones("zone-a").here(), ep(1).zones("zone-b").here(), ep(2).zones("zone-a"),
                        ep(3).zones("zone-b")),
                of("internalTrafficPolicy: Local, with empty endpoints", "", "", ""),
                of("internalTrafficPolicy: Local, but all endpoints are remote", "", "0 1", "", ep(0), ep(1)),
                of("internalTrafficPolicy: Local, all endpoints are local", "", "0 1", "0 1",
                        ep(0).here(), ep(1).here()),
                of("internalTrafficPolicy: Local, some endpoints are local", "", "0 1", "0", ep(0).here(), ep(1)),
                of("Cluster traffic policy, endpoints not Ready", "", "", "", ep(0).notReady(), ep(1).notReady()),
                of("Cluster traffic policy, some endpoints are Ready", "", "1", "", ep(0).notReady(), ep(1)),
                of("Cluster traffic policy, PTE enabled, all endpoints are terminating", "", "0 1", "0",
                        ep(0).terminating().here(), ep(1).terminating()),
                of("iTP: Local, eTP: Local, PTE enabled, all endpoints remote and terminating", "", "0 1", "",
                        ep(0).terminating(), ep(1).terminating()),
                of("iTP: Cluster, eTP: Local, PTE enabled, with terminating endpoints", "", "0", "2",
                        ep(0), ep(1).notReady().here(), ep(2).terminating().here(), ep(3).terminating()));
    }

    @TestFactory
    Stream<DynamicTest> further() {
        return tests(
                of("terminating and not serving is never used", "", "", "", ep(0).terminating().notServing().here()),
                of("PreferSameNode", "zone-a", "1", "1",
                        ep(0).nodes("node2").zones("zone-a"), ep(1).nodes(Specs.NODE).zones("zone-a").here()),
                of("PreferSameNode falls back to PreferSameZone when no endpoint is for this node", "zone-a", "1", "",
                        ep(0).nodes("node2").zones("zone-b"), ep(1).nodes("node3").zones("zone-a")),
                of("PreferSameNode ignored when an endpoint has no node hint", "zone-b", "0 1", "",
                        ep(0).nodes(Specs.NODE).zones("zone-a"), ep(1).zones("zone-a")),
                of("hints of terminating endpoints are ignored", "zone-a", "0", "",
                        ep(0).zones("zone-a"), ep(1).terminating(), ep(2).zones("zone-b")),
                of("no ready endpoint, hints ignored for terminating ones", "zone-a", "0 1", "",
                        ep(0).terminating().zones("zone-a"), ep(1).terminating().zones("zone-b")));
    }

    private static Stream<DynamicTest> tests(Case... cases) {
        return Stream.of(cases).map(one -> dynamicTest(one.name(), one::run));
    }
}
