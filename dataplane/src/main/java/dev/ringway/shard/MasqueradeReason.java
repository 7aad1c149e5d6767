package dev.ringway.shard;

/** Why a backend sees the node in the place of a client. */
public enum MasqueradeReason {
    /** It sees the client. */
    NONE,
    /** The client comes through the node's kernel, which would take the answers of a backend on the node itself. */
    HOST_BACKEND,
    /** A client outside has addressed a cluster IP: its answers would not come this way. */
    OUTSIDE_TO_CLUSTER_IP,
    /** External traffic policy Cluster, and the backend's answers would not find back to the client. */
    POLICY_CLUSTER,
    /** The client is the backend (hairpin): it would take its own packets for the answers. */
    HAIRPIN,
    /** A pod has addressed a cluster IP, and all such clients are to be hidden. */
    MASQUERADE_ALL
}
