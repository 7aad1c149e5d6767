package dev.ringway.fib;

import java.util.HashMap;
import java.util.Map;

/** The forwarding table of a node, both IP versions. Immutable; compiled by the control side, read by every batch. */
public final class Fib {
    private final Map<Prefix, Adjacency> routes;
    private final PrefixTable v4;
    private final PrefixTable v6;

    public Fib(Map<Prefix, Adjacency> routes) {
        this.routes = Map.copyOf(routes);
        final Map<Prefix, Adjacency> four = new HashMap<>();
        final Map<Prefix, Adjacency> six = new HashMap<>();
        routes.forEach((prefix, adjacency) -> (prefix.version() == 4 ? four : six).put(prefix, adjacency));
        v4 = new PrefixTable(four);
        v6 = new PrefixTable(six);
    }

    /**
     * Longest-prefix match.
     *
     * @param version 4 or 6
     * @param hi      first 64 bits of the address, IPv4 in the top 32
     * @param lo      last 64 bits; 0 for IPv4
     * @return the adjacency, or null if there is no route
     */
    public Adjacency lookup(int version, long hi, long lo) {
        return version == 4 ? v4.lookup(hi, 0) : v6.lookup(hi, lo);
    }

    /** The prefix that {@link #lookup} finds, or null. Looks at all: for people. */
    public Prefix match(int version, long hi, long lo) {
        Prefix longest = null;
        for (Prefix prefix : routes.keySet()) {
            if (prefix.contains(version, hi, lo) && (longest == null || prefix.length() > longest.length())) {
                longest = prefix;
            }
        }
        return longest;
    }

    /** All routes, for people. */
    public Map<Prefix, Adjacency> routes() {
        return routes;
    }
}
