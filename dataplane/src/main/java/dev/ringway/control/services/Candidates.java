package dev.ringway.control.services;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which endpoints new flows may go to, as kube-proxy decides it (CategorizeEndpoints): the ready ones, or, when none
 * is, those that terminate but still serve; separately for the whole cluster and for this node. Topology hints narrow
 * the first, never to nothing.
 *
 * @param cluster     indices of those for policy Cluster
 * @param local       indices of those for policy Local
 * @param anyEndpoint there is one that some node can use
 * @param hint        which hints have narrowed the first: {@link #BY_NODE}, {@link #BY_ZONE} or none
 */
record Candidates(int[] cluster, int[] local, boolean anyEndpoint, String hint) {
    static final String BY_NONE = "";
    static final String BY_NODE = "node";
    static final String BY_ZONE = "zone";

    /** Which endpoints hints leave. */
    private record Hint(Predicate<Endpoint> which, String by) {
    }

    /** @param zone this node's; empty: not known */
    static Candidates of(List<Endpoint> endpoints, String node, String zone) {
        final Hint hint = hint(endpoints, node, zone);
        int[] cluster = select(endpoints, hint.which());
        if (cluster.length == 0) {
            cluster = select(endpoints, Endpoint::isServingTerminating);
        }
        int[] local = select(endpoints, endpoint -> endpoint.local() && endpoint.ready());
        if (local.length == 0) {
            local = select(endpoints, endpoint -> endpoint.local() && endpoint.isServingTerminating());
        }
        return new Candidates(cluster, local, cluster.length > 0, hint.by());
    }

    /** Hints count when every ready endpoint has some and one of them fits; the node's before the zone's. */
    private static Hint hint(List<Endpoint> endpoints, String node, String zone) {
        boolean allForNodes = true;
        boolean allForZones = true;
        boolean anyForNode = false;
        boolean anyForZone = false;
        for (Endpoint endpoint : endpoints) {
            if (endpoint.ready()) {
                allForNodes &= !endpoint.spec().hintNodes().isEmpty();
                allForZones &= !endpoint.spec().hintZones().isEmpty();
                anyForNode |= endpoint.spec().hintNodes().contains(node);
                anyForZone |= endpoint.spec().hintZones().contains(zone);
            }
        }
        if (allForNodes && anyForNode) {
            return new Hint(endpoint -> endpoint.ready() && endpoint.spec().hintNodes().contains(node), BY_NODE);
        }
        if (allForZones && anyForZone) {
            return new Hint(endpoint -> endpoint.ready() && endpoint.spec().hintZones().contains(zone), BY_ZONE);
        }
        return new Hint(Endpoint::ready, BY_NONE);
    }

    private static int[] select(List<Endpoint> endpoints, Predicate<Endpoint> which) {
        final int[] chosen = new int[endpoints.size()];
        int count = 0;
        for (int i = 0; i < chosen.length; i++) {
            if (which.test(endpoints.get(i))) {
                chosen[count++] = i;
            }
        }
        return Arrays.copyOf(chosen, count);
    }
}
