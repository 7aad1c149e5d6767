package dev.ringway.control.etcd;

import dev.ringway.control.IpText;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** What this node must do next to have its ranges, by what is claimed now. Pure. */
sealed interface RangePlan {
    /** Nothing: these are its ranges. */
    record Done(List<Prefix> ranges) implements RangePlan {
    }

    /** Claim this one, and look again. */
    record Create(Prefix range) implements RangePlan {
    }

    /** Give this claim of its own back, and look again. */
    record Release(Claim claim) implements RangePlan {
    }

    /** It cannot have them, for this reason. */
    record Impossible(String why) implements RangePlan {
    }

    /**
     * Makes the plan.
     *
     * @param before what it had before, which it takes again if it can
     * @param claims all there are
     * @param choose chooses one of so many free ranges: the first, or any where several nodes look for one at a time
     */
    static RangePlan of(EtcdSettings settings, List<Prefix> before, Collection<Claim> claims, IntUnaryOperator choose) {
        final List<Claim> own = claims.stream().filter(claim -> claim.node().equals(settings.node()))
                .sorted(Comparator.comparing(Claim::key)).toList();
        final List<Claim> others = claims.stream().filter(claim -> !claim.node().equals(settings.node())).toList();
        for (Claim claim : own) {
            // Two that overlap were made at the same time; every node sees the same one as the older.
            if (others.stream().anyMatch(other -> other.created() < claim.created()
                    && overlap(other.range(), claim.range()))) {
                return new Release(claim);
            }
        }
        return settings.nodePodCidrs().isEmpty() ? free(settings, before, own, claims, choose)
                : configured(settings, own, others);
    }

    private static RangePlan configured(EtcdSettings settings, List<Claim> own, List<Claim> others) {
        for (Claim claim : own) {
            if (!settings.nodePodCidrs().contains(claim.range())) {
                return new Release(claim);
            }
        }
        for (Prefix wanted : settings.nodePodCidrs()) {
            if (!isIn(settings.podCidrs(), wanted)) {
                return new Impossible("this node's range " + IpText.text(wanted)
                        + " (etcd.podCidrs) is not in the cluster's ranges of pods (cluster.podCidrs)");
            }
            for (Claim other : others) {
                if (overlap(other.range(), wanted)) {
                    return new Impossible("this node's range " + IpText.text(wanted) + " (etcd.podCidrs) overlaps "
                            + IpText.text(other.range()) + ", which is node " + other.node() + "'s by etcd's key "
                            + settings.prefix() + "/" + other.key() + "; choose another, or delete that key if the"
                            + " node is gone for good");
                }
            }
            if (own.stream().noneMatch(claim -> claim.range().equals(wanted))) {
                return new Create(wanted);
            }
        }
        return new Done(settings.nodePodCidrs());
    }

    private static RangePlan free(EtcdSettings settings, List<Prefix> before, List<Claim> own,
            Collection<Claim> claims, IntUnaryOperator choose) {
        final List<Prefix> taken = claims.stream().map(Claim::range).toList();
        final List<Prefix> ranges = new ArrayList<>(2);
        for (int version = 4; version <= 6; version += 2) {
            final int wanted = version;
            final List<Prefix> cluster =
                    settings.podCidrs().stream().filter(range -> range.version() == wanted).toList();
            if (cluster.isEmpty()) {
                continue;
            }
            final List<Prefix> held = own.stream().map(Claim::range).filter(range -> isIn(cluster, range)).toList();
            final List<Prefix> former = before.stream().filter(range -> isIn(cluster, range)).toList();
            if (held.isEmpty()) {
                return former.stream().filter(range -> taken.stream().noneMatch(other -> overlap(other, range)))
                        .findFirst().<RangePlan>map(Create::new).orElseGet(() -> next(cluster, taken, choose));
            }
            ranges.add(former.stream().filter(held::contains).findFirst().orElse(held.getFirst()));
        }
        return new Done(ranges);
    }

    private static RangePlan next(List<Prefix> cluster, List<Prefix> taken, IntUnaryOperator choose) {
        for (Prefix range : cluster) {
            final List<Prefix> free = FreeRanges.first(range, taken, MOST_CHOICES);
            if (!free.isEmpty()) {
                return new Create(free.get(choose.applyAsInt(free.size())));
            }
        }
        return new Impossible("no range of pods is free any more for this node in "
                + String.join(", ", cluster.stream().map(IpText::text).toList())
                + "; delete the ranges/ keys of nodes that are gone for good, or give the cluster more");
    }

    /** Free ranges among which nodes choose that look for one at the same time. */
    int MOST_CHOICES = 64;

    private static boolean isIn(List<Prefix> cluster, Prefix range) {
        return cluster.stream().anyMatch(one -> one.contains(range));
    }

    private static boolean overlap(Prefix a, Prefix b) {
        return a.contains(b) || b.contains(a);
    }
}
