package dev.ringway.lab;

import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.encap.VxlanSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * What a lab consists of. Every name and address follows from these numbers, so that scripts may rely on them and a
 * later run finds what a crashed one left. Its addresses are private ones (RFC 1918, RFC 4193).
 *
 * @param nodes     how many nodes, each with one switch
 * @param pods      pods on each node
 * @param encap     vxlan or gre, as the configuration says it
 * @param ipv6      pods have an IPv6 address too
 * @param underlay  IP version between the VTEPs, 4 or 6
 * @param threading shared or dedicated
 * @param mtu       of the underlay's links, bytes
 */
record LabSpec(int nodes, int pods, String encap, boolean ipv6, int underlay, String threading, int mtu) {
    static final String FABRIC = "rw-fabric";
    static final String OUTSIDE = "rw-outside";
    /** A namespace is ours when its name is one that a lab of any size would give. */
    static final String OUR_NAMESPACES = "rw-(node\\d+|n\\d+-p\\d+|fabric|outside)";

    private static final int MOST_NODES = 100;
    private static final int MOST_PODS = 100;
    private static final int LEAST_MTU = 576;
    private static final int LEAST_MTU6 = 1280;
    private static final int MOST_MTU = 65_535;
    /** Pod 1 has the 10th address of its node's range, as addresses below are the gateway's and spare. */
    private static final int BEFORE_FIRST_POD = 9;
    private static final int OUTSIDE_HOST = 254;
    /** No pod has this one, and no node this range. */
    private static final int UNKNOWN_HOST = 250;
    private static final int UNASSIGNED_RANGE = 255;

    /** @throws IllegalArgumentException that names the option to change */
    LabSpec {
        require(nodes >= 1 && nodes <= MOST_NODES, "--nodes must be 1 to " + MOST_NODES + ", not " + nodes);
        require(pods >= 1 && pods <= MOST_PODS, "--pods must be 1 to " + MOST_PODS + ", not " + pods);
        require(encap.equals("vxlan") || encap.equals("gre"), "--encap must be vxlan or gre, not '" + encap + "'");
        require(underlay == 4 || underlay == 6, "--underlay must be ipv4 or ipv6");
        require(threading.equals("shared") || threading.equals("dedicated"),
                "--threading must be shared or dedicated, not '" + threading + "'");
        final TunnelSettings tunnel = encap.equals("vxlan") ? new VxlanSettings(1) : new GreSettings(false, 0);
        final int least = Math.max(underlay == 6 ? LEAST_MTU6 : LEAST_MTU,
                ipv6 ? LEAST_MTU6 + tunnel.overhead(underlay) : 0);
        require(mtu >= least && mtu <= MOST_MTU, "--mtu must be " + least + " to " + MOST_MTU + " bytes, not " + mtu
                + (ipv6 ? " (IPv6 pods need " + LEAST_MTU6 + " inside the tunnel; see --ipv4-only)" : ""));
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** IP versions that pods have. */
    List<Integer> versions() {
        return ipv6 ? List.of(4, 6) : List.of(4);
    }

    boolean underlayHasIpv6() {
        return ipv6 || underlay == 6;
    }

    Endpoint node(int node) {
        final String name = "node" + node;
        return new Endpoint(Endpoint.Kind.NODE, name, "rw-" + name, node, underlayAddresses(node));
    }

    Endpoint pod(int node, int pod) {
        final String name = "n" + node + "-p" + pod;
        final List<String> addresses = new ArrayList<>();
        for (int version : versions()) {
            addresses.add(inPodRange(node, version, BEFORE_FIRST_POD + pod));
        }
        return new Endpoint(Endpoint.Kind.POD, name, "rw-" + name, node, addresses);
    }

    Endpoint outside() {
        return new Endpoint(Endpoint.Kind.OUTSIDE, "outside", OUTSIDE, 0, underlayAddresses(OUTSIDE_HOST));
    }

    List<Endpoint> allNodes() {
        final List<Endpoint> all = new ArrayList<>();
        for (int n = 1; n <= nodes; n++) {
            all.add(node(n));
        }
        return all;
    }

    List<Endpoint> podsOf(int node) {
        final List<Endpoint> all = new ArrayList<>();
        for (int p = 1; p <= pods; p++) {
            all.add(pod(node, p));
        }
        return all;
    }

    List<Endpoint> allPods() {
        final List<Endpoint> all = new ArrayList<>();
        for (int n = 1; n <= nodes; n++) {
            all.addAll(podsOf(n));
        }
        return all;
    }

    /** Pods, nodes, the outside: the order of tables. */
    List<Endpoint> endpoints() {
        final List<Endpoint> all = new ArrayList<>(allPods());
        all.addAll(allNodes());
        all.add(outside());
        return all;
    }

    /** The ranges that hold all pods of the cluster. */
    List<String> clusterCidrs() {
        return ipv6 ? List.of("10.244.0.0/16", "fd00:244::/32") : List.of("10.244.0.0/16");
    }

    /** The ranges of cluster IPs. */
    List<String> serviceCidrs() {
        return ipv6 ? List.of("10.96.0.0/16", "fd00:96::/112") : List.of("10.96.0.0/16");
    }

    List<String> podCidrs(int node) {
        final List<String> ranges = new ArrayList<>();
        for (int version : versions()) {
            ranges.add(inPodRange(node, version, 0) + (version == 4 ? "/24" : "/64"));
        }
        return ranges;
    }

    /** An address inside a node's range that no pod has. */
    static String unknownAddress(int node, int version) {
        return inPodRange(node, version, UNKNOWN_HOST);
    }

    /** An address inside the cluster's range, outside of every node's. */
    static String unassignedAddress(int version) {
        return inPodRange(UNASSIGNED_RANGE, version, 1);
    }

    private List<String> underlayAddresses(int host) {
        final String address4 = "172.30.0." + host;
        return underlayHasIpv6() ? List.of(address4, "fd00:30::" + Integer.toHexString(host)) : List.of(address4);
    }

    private static String inPodRange(int node, int version, int host) {
        return version == 4 ? "10.244." + node + "." + host
                : "fd00:244:" + Integer.toHexString(node) + "::" + (host == 0 ? "" : Integer.toHexString(host));
    }
}
