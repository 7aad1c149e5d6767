package dev.ringway.lab;

import java.util.List;

/**
 * Something in the lab that sends and answers: a pod, a node or the host outside of the cluster.
 *
 * @param label     short name that people type: n1-p1, node1, outside
 * @param namespace its network namespace: rw-n1-p1, rw-node1, rw-outside
 * @param node      number of the node that it is or runs on, from 1; 0 for the outside
 * @param addresses at most one of each IP version
 */
record Endpoint(Kind kind, String label, String namespace, int node, List<String> addresses) {
    enum Kind { POD, NODE, OUTSIDE }

    Endpoint {
        addresses = List.copyOf(addresses);
    }

    /** Its address of IP version 4 or 6, or null if it has none. */
    String address(int version) {
        for (String address : addresses) {
            if (address.contains(":") == (version == 6)) {
                return address;
            }
        }
        return null;
    }
}
