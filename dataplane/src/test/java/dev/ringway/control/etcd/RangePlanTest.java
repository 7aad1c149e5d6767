package dev.ringway.control.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.fib.Prefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a node claims next, and what is left to claim. */
class RangePlanTest {
    private final Hosts hosts = new Hosts(Path.of("/nowhere"), "http://127.0.0.1:1");

    private static Claim claim(String range, String node, long created) {
        return new Claim(IpText.prefix(range), node, created);
    }

    private String plan(List<Prefix> before, Claim... claims) {
        return switch (RangePlan.of(hosts.settings(1), before, List.of(claims), most -> 0)) {
            case RangePlan.Done done -> "done " + texts(done.ranges());
            case RangePlan.Create create -> "create " + IpText.text(create.range());
            case RangePlan.Release release -> "release " + IpText.text(release.claim().range());
            case RangePlan.Impossible impossible -> impossible.why();
        };
    }

    private static String texts(List<Prefix> ranges) {
        return String.join(" ", ranges.stream().map(IpText::text).toList());
    }

    private static String free(String cluster, int most, String... taken) {
        return texts(FreeRanges.first(IpText.prefix(cluster), Hosts.prefixes(taken), most));
    }

    @Test
    void nextFree() {
        assertEquals("create 10.244.0.0/24", plan(List.of()));
        assertEquals("create fd00:244::/64", plan(List.of(), claim("10.244.0.0/24", "node1", 5)));
        assertEquals("done 10.244.0.0/24 fd00:244::/64", plan(List.of(), claim("10.244.0.0/24", "node1", 5),
                claim("fd00:244::/64", "node1", 6)));
        assertEquals("create 10.244.16.0/24", plan(List.of(), claim("10.244.0.0/20", "node2", 5)));
        assertEquals("create 10.244.0.0/24", plan(List.of(), claim("10.99.0.0/24", "node1", 5)));
    }

    @Test
    void whatItHadBefore() {
        final List<Prefix> before = Hosts.prefixes("10.244.7.0/24", "fd00:244:0:7::/64");
        assertEquals("create 10.244.7.0/24", plan(before));
        assertEquals("create 10.244.0.0/24", plan(before, claim("10.244.7.0/25", "node2", 5)));
        assertEquals("done 10.244.7.0/24 fd00:244:0:7::/64", plan(before, claim("10.244.1.0/24", "node1", 3),
                claim("10.244.7.0/24", "node1", 5), claim("fd00:244:0:7::/64", "node1", 5)));
    }

    @Test
    void olderOfTwoThatOverlapCounts() {
        assertEquals("release 10.244.0.0/24", plan(List.of(), claim("10.244.0.0/24", "node1", 5),
                claim("10.244.0.0/23", "node2", 4)));
        assertEquals("create fd00:244::/64", plan(List.of(), claim("10.244.0.0/24", "node1", 5),
                claim("10.244.0.0/23", "node2", 6)));
    }

    @Test
    void noneLeft() {
        hosts.podCidrs = Hosts.prefixes("10.244.0.0/23", "10.250.0.0/25");
        assertEquals("create 10.250.0.0/25", plan(List.of(), claim("10.244.0.0/24", "node2", 5),
                claim("10.244.1.128/25", "node3", 5)));
        assertTrue(plan(List.of(), claim("10.244.0.0/16", "node2", 5), claim("10.250.0.1/32", "node3", 5))
                .startsWith("no range of pods is free any more for this node in 10.244.0.0/23, 10.250.0.0/25"));
    }

    @Test
    void configured() {
        hosts.nodePodCidrs = Hosts.prefixes("10.244.4.0/22", "fd00:244:0:9::/64");
        assertEquals("create 10.244.4.0/22", plan(List.of()));
        assertEquals("release 10.244.1.0/24", plan(List.of(), claim("10.244.1.0/24", "node1", 5)));
        assertEquals("create fd00:244:0:9::/64", plan(List.of(), claim("10.244.4.0/22", "node1", 5)));
        assertEquals("done 10.244.4.0/22 fd00:244:0:9::/64", plan(List.of(), claim("10.244.4.0/22", "node1", 5),
                claim("fd00:244:0:9::/64", "node1", 6)));
        assertTrue(plan(List.of(), claim("10.244.4.0/22", "node1", 5), claim("fd00:244:0:9::/64", "node3", 6))
                .contains("which is node node3's by etcd's key /ringway/ranges/fd00:244:0:9::-64"));
        hosts.nodePodCidrs = Hosts.prefixes("10.99.0.0/24");
        assertEquals("this node's range 10.99.0.0/24 (etcd.podCidrs) is not in the cluster's ranges of pods"
                + " (cluster.podCidrs)", plan(List.of()));
    }

    @Test
    void pieces() {
        assertEquals("10.0.1.0/24 10.0.3.0/24", free("10.0.0.0/22", 9, "10.0.0.0/24", "10.0.2.7/32"));
        assertEquals("10.0.0.0/24 10.0.1.0/24", free("10.0.0.0/8", 2));
        assertEquals("", free("10.0.0.0/22", 9, "10.0.0.0/8"));
        assertEquals("255.255.255.0/24", free("255.255.254.0/23", 9, "255.255.254.0/24"));
        assertEquals("", free("255.255.254.0/23", 9, "255.255.254.0/24", "255.255.255.0/24"));
        assertEquals("fd00:0:0:1::/64", free("fd00::/63", 9, "fd00::5/128"));
        assertEquals("fd00:1::/64", free("fd00::/16", 1, "fd00::/32"));
        assertEquals("ffff:ffff:ffff:ffff::/64", free("ffff:ffff:ffff:fffe::/63", 9, "ffff:ffff:ffff:fffe::/64"));
        assertEquals("fd00::/112", free("fd00::/112", 9, "fd00::1:0/112"));
        assertEquals("", free("fd00::/112", 9, "fd00::7/128"));
    }

    /** Against a look at every piece. */
    @Test
    void piecesAreThoseThatNothingOverlaps() {
        final Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            final Prefix cluster = Prefix.of(4, random.nextLong() & 0xFFFFFFFF00000000L, 0, 16 + random.nextInt(7));
            final List<Prefix> taken = new ArrayList<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                taken.add(Prefix.of(4, cluster.hi() + ((random.nextLong() & ~Prefix.maskHi(15)) >>> 32 << 32), 0,
                        17 + random.nextInt(16)));
            }
            final List<Prefix> expected = new ArrayList<>();
            for (long piece = 0; piece < 1 << 24 - cluster.length(); piece++) {
                final Prefix one = new Prefix(4, cluster.hi() + (piece << 40), 0, 24);
                if (taken.stream().noneMatch(range -> range.contains(one) || one.contains(range))) {
                    expected.add(one);
                }
            }
            assertEquals(expected, FreeRanges.first(cluster, taken, 1000), () -> cluster + " " + taken);
            assertEquals(expected.subList(0, Math.min(3, expected.size())), FreeRanges.first(cluster, taken, 3));
        }
    }
}
