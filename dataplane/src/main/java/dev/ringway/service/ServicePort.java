package dev.ringway.service;

import dev.ringway.packet.DropReason;

/** One port of one service, of one IP version, shared by its frontends. Immutable. */
public final class ServicePort {
    /** A {@link Handle}, the same for as long as the port is there. */
    public final int id;
    /** {@code namespace/name:portname}, for people. */
    public final String name;
    /** A number for the name, the same in every process. */
    public final long affinityKey;
    /** Usable backends anywhere, after topology hints. */
    public final BackendSet cluster;
    /** Usable backends of this node. */
    public final BackendSet local;
    /** There is a usable backend somewhere: without one, clients are refused rather than ignored. */
    public final boolean anyBackend;
    public final boolean internalLocal;
    public final boolean externalLocal;
    /** How long a client keeps its backend, or 0: no longer than a flow. */
    public final int affinitySeconds;
    public final Balance balance;

    public ServicePort(int id, String name, BackendSet cluster, BackendSet local, boolean anyBackend,
            boolean internalLocal, boolean externalLocal, int affinitySeconds, Balance balance) {
        this.id = id;
        this.name = name;
        affinityKey = Hashing.of(name) | Long.MIN_VALUE;
        this.cluster = cluster;
        this.local = local;
        this.anyBackend = anyBackend;
        this.internalLocal = internalLocal;
        this.externalLocal = externalLocal;
        this.affinitySeconds = affinitySeconds;
        this.balance = balance;
    }

    /**
     * True if a policy leaves a new flow the backends of this node only. Pods and processes of this node take the short
     * way: external policy Local is for clients that chose a node.
     *
     * @param external by an address that is not the cluster IP
     * @param outside  of a client outside the cluster
     */
    public boolean isLocal(boolean external, boolean outside) {
        return external ? externalLocal && outside : internalLocal;
    }

    /** The backends that a new flow may get. */
    public BackendSet backends(boolean ofThisNode) {
        return ofThisNode ? local : cluster;
    }

    /** Why a new flow must be dropped for which there are none. */
    public DropReason refusal(boolean ofThisNode) {
        return ofThisNode && anyBackend ? DropReason.SERVICE_NO_LOCAL : DropReason.SERVICE_REFUSED;
    }

    /** The usable backend of this address and port, or null. Looks at all. */
    public Backend find(long toHi, long toLo, int toPort) {
        final Backend anywhere = cluster.find(toHi, toLo, toPort);
        return anywhere == null ? local.find(toHi, toLo, toPort) : anywhere;
    }
}
