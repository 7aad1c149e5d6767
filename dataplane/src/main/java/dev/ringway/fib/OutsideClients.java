package dev.ringway.fib;

/**
 * What a node does for clients outside the cluster whose Service's backend is another node's pod. Between two nodes the
 * lesser of their words counts, in this order; a node that is not Ringway's says the least.
 */
public enum OutsideClients {
    /** The backend sees the node that the client came to, which translates both directions: kube-proxy's way. */
    MASQUERADE,
    /** The backend sees the client; answers go back through the node that the client came to. */
    KEEP,
    /**
     * The backend sees the client, and its node answers the client itself under the address that the client knows
     * (direct server return): the underlay must let it send from there.
     */
    DIRECT;

    /** What counts between two nodes. */
    public static OutsideClients between(OutsideClients one, OutsideClients other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** True if the backend may see the client's address. */
    public boolean keep() {
        return this != MASQUERADE;
    }

    /** As the configuration has it. */
    public String word() {
        return switch (this) {
            case MASQUERADE -> "masquerade";
            case KEEP -> "keep";
            case DIRECT -> "direct";
        };
    }

    /** @throws IllegalArgumentException for another word */
    public static OutsideClients of(String word) {
        for (OutsideClients one : values()) {
            if (one.word().equals(word)) {
                return one;
            }
        }
        throw new IllegalArgumentException("must be masquerade, keep or direct, not " + word);
    }
}
