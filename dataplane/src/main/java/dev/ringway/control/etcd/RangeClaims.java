package dev.ringway.control.etcd;

import dev.ringway.fib.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * This node's ranges in etcd: claimed without a lease, so that it finds them again. Belongs to the session's thread;
 * what it has found out may be read by any.
 */
final class RangeClaims {
    private static final int MOST_LOST = 64;

    private final EtcdSettings settings;
    private volatile List<Prefix> ranges = List.of();
    private volatile String problem;

    RangeClaims(EtcdSettings settings) {
        this.settings = settings;
    }

    /** Begins with what was known last. */
    void restore(List<Claim> claims) {
        if (RangePlan.of(settings, List.of(), claims, most -> 0) instanceof RangePlan.Done done) {
            ranges = done.ranges();
        }
    }

    /** Its ranges as known last; empty: none yet. */
    List<Prefix> ranges() {
        return ranges;
    }

    /** Why it does not have its ranges, or null. */
    String problem() {
        return problem;
    }

    /**
     * Looks whether etcd still has them, and claims what is missing.
     *
     * @return true if they are others than before
     */
    boolean claim(EtcdStore store) throws IOException {
        int lost = 0;
        while (lost < MOST_LOST) {
            final int choices = 1 << Math.min(lost, 6);
            final RangePlan plan = RangePlan.of(settings, ranges, list(store, ""),
                    most -> ThreadLocalRandom.current().nextInt(Math.min(most, choices)));
            switch (plan) {
                case RangePlan.Done done -> {
                    problem = null;
                    final boolean changed = !done.ranges().equals(ranges);
                    ranges = done.ranges();
                    return changed;
                }
                case RangePlan.Create create ->
                    lost += store.create(Claim.key(create.range()), settings.node()) ? 0 : 1;
                case RangePlan.Release release -> {
                    store.delete(List.of(), List.of(release.claim().key()), settings.node());
                    lost++;
                }
                case RangePlan.Impossible impossible -> {
                    problem = impossible.why();
                    return false;
                }
            }
        }
        problem = "other nodes were faster in claiming ranges of pods, " + MOST_LOST + " times; it is tried again";
        return false;
    }

    /** All claims, or those of a node. */
    static List<Claim> list(EtcdStore store, String node) throws IOException {
        final List<Claim> claims = new ArrayList<>();
        store.list(Feeds.RANGES + "/", entry -> {
            try {
                final Claim claim = Claim.read(entry.key().substring(Feeds.RANGES.length() + 1), entry.value(),
                        entry.created());
                if (node.isEmpty() || claim.node().equals(node)) {
                    claims.add(claim);
                }
            } catch (IllegalArgumentException e) {
                // No claim; the feed of ranges names it.
            }
        });
        return claims;
    }
}
