package dev.ringway.ipam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.testing.Seeded;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
    private final AddressPool pool = new AddressPool(address -> false, Map.of());

    @Test
    void inTurnAndRoundAgain() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/29"));
        for (int i = 2; i <= 6; i++) {
            assertEquals("10.0.0." + i, next(sets, "p" + i));
        }
        final IpamException full = assertThrows(IpamException.class, () -> next(sets, "one-more"));
        assertTrue(full.isTemporary());
        assertEquals("no IP addresses available in range set 10.0.0.1-10.0.0.6", full.getMessage());
        pool.release("p3");
        pool.release("p5");
        assertEquals("10.0.0.3", next(sets, "a"));
        assertEquals("10.0.0.5", next(sets, "b"));
    }

    @Test
    void whatWasFreedRests() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/29"));
        next(sets, "a");
        pool.release("a");
        assertEquals("10.0.0.3", next(sets, "b"));
    }

    @Test
    void goesOnWhereAFormerDaemonWas() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/29"));
        pool.setLastAllocated(Map.of(sets.getFirst().key(), IpText.address("10.0.0.5")));
        assertEquals("10.0.0.6", next(sets, "a"));
        assertEquals(IpText.address("10.0.0.6"), pool.lastAllocated().get(sets.getFirst().key()));
        assertEquals("10.0.0.2", next(sets, "b"));
    }

    @Test
    void oneOfEachSetOrNone() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/30"), set("fd00::/126"));
        assertEquals(List.of(new Lease(IpText.address("10.0.0.2"), IpText.address("10.0.0.1")),
                new Lease(IpText.address("fd00::2"), IpText.address("fd00::1"))),
                pool.allocate("a", "n/a", sets, List.of()));
        assertThrows(IpamException.class, () -> pool.allocate("b", "n/b", sets, List.of()));
        assertEquals(2, pool.size());
        pool.release("a");
        assertEquals(0, pool.size());
    }

    @Test
    void aFailureTakesNothingAndMovesNothing() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/29"), set("fd00::/126"));
        pool.take("x", List.of(IpText.address("fd00::2"), IpText.address("fd00::3")));
        assertThrows(IpamException.class, () -> pool.allocate("a", "n/a", sets, List.of()));
        assertEquals(Map.of(), pool.lastAllocated());
        pool.release("x");
        assertEquals("10.0.0.2", next(sets, "a"));
    }

    @Test
    void requestedAddresses() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/28"), set("fd00::/124"));
        assertEquals(List.of("10.0.0.9", "fd00::2"), texts(pool.allocate("a", "n/a", sets, ips("10.0.0.9"))));
        assertEquals(List.of("10.0.0.10", "fd00::7"), texts(pool.allocate("b", "n/b", sets, ips("fd00::7"))));
        refused("is still that of a", sets, "10.0.0.9");
        refused("gateway's", sets, "10.0.0.1");
        refused("no range has the address 10.1.0.1", sets, "10.1.0.1");
        refused("no range has the address 10.0.0.12", sets, "10.0.0.11", "10.0.0.12");
        assertEquals(4, pool.size());
    }

    @Test
    void twoSetsOfOneVersion() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/28"), set("10.0.1.0/28"));
        assertEquals(List.of("10.0.0.2", "10.0.1.5"), texts(pool.allocate("a", "n/a", sets, ips("10.0.1.5"))));
    }

    @Test
    void aSecondTimeForTheSameOwner() throws IpamException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/28"));
        next(sets, "a");
        assertEquals("a has addresses already",
                assertThrows(IpamException.class, () -> next(sets, "a")).getMessage());
    }

    @Test
    void reservations() throws IpamException {
        final AddressPool reserving = new AddressPool(address -> false,
                Map.of("n/db", ips("10.0.0.2", "fd00::5")));
        final List<RangeSet> sets = List.of(set("10.0.0.0/28"), set("fd00::/124"));
        assertEquals(List.of("10.0.0.3", "fd00::2"), texts(reserving.allocate("a", "n/a", sets, List.of())));
        assertEquals(List.of("10.0.0.2", "fd00::5"), texts(reserving.allocate("b", "n/db", sets, List.of())));
        final IpamException other = assertThrows(IpamException.class,
                () -> reserving.allocate("c", "n/c", sets, ips("fd00::5")));
        assertTrue(other.getMessage().contains("reserved for n/db"), other.getMessage());
        final IpamException twice = assertThrows(IpamException.class,
                () -> reserving.allocate("d", "n/db", sets, List.of()));
        assertTrue(twice.isTemporary());
    }

    @Test
    void blockedAddressesAreNotGivenOut() throws IpamException {
        final AddressPool blocking = new AddressPool(IpText.address("10.0.0.2")::equals, Map.of());
        final List<RangeSet> sets = List.of(set("10.0.0.0/28"));
        assertEquals(List.of("10.0.0.3"), texts(blocking.allocate("a", "n/a", sets, List.of())));
        assertThrows(IpamException.class, () -> blocking.allocate("b", "n/b", sets, ips("10.0.0.2")));
    }

    @Test
    void takenElsewhere() {
        assertNull(pool.take("a", ips("10.0.0.2")));
        assertEquals("a", pool.take("b", ips("10.0.0.3", "10.0.0.2")));
        assertEquals(1, pool.size());
    }

    @Test
    void hugeExclusionsAreJumpedOver() throws IpamException {
        final AddressRange range = AddressRange.of(IpText.prefix("fd00::/64"), null, null, null,
                List.of(IpText.prefix("fd00::/65")));
        assertEquals("fd00::8000:0:0:0", next(List.of(new RangeSet(List.of(range))), "a"));
    }

    /** The same as the naive one, whatever happens in whatever order. */
    @Test
    void likeTheOracle() {
        Seeded.rounds(300, random -> {
            final List<AddressRange> ranges = new ArrayList<>();
            final Set<IpAddress> never = new HashSet<>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                ranges.add(range(random, i, never));
            }
            final RangeSet set = new RangeSet(ranges);
            final NaivePool oracle = new NaivePool(set, never);
            final AddressPool tested = new AddressPool(address -> false, Map.of());
            for (int step = 0; step < 200; step++) {
                final String owner = "o" + random.nextInt(40);
                final IpAddress wanted = random.nextInt(4) == 0 ? oracle.any(random.nextInt(1000)) : null;
                if (random.nextInt(3) == 0) {
                    tested.release(owner);
                    oracle.release(owner);
                } else {
                    IpAddress got = null;
                    boolean had = false;
                    try {
                        got = tested.allocate(owner, "", List.of(set), wanted == null ? List.of() : List.of(wanted))
                                .getFirst().address();
                    } catch (IpamException e) {
                        had = e.getMessage().endsWith("has addresses already");
                    }
                    if (!had) {
                        assertEquals(wanted == null ? oracle.next(owner) : oracle.take(owner, wanted), got);
                    }
                }
            }
        });
    }

    private static AddressRange range(SplittableRandom random, int number, Set<IpAddress> never) {
        final Prefix subnet = IpText.prefix("10.0." + number + ".0/" + (25 + random.nextInt(6)));
        final int size = 1 << 32 - subnet.length();
        final int a = 1 + random.nextInt(size - 2);
        final int b = 1 + random.nextInt(size - 2);
        final List<Prefix> exclude = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            final IpAddress excluded = IpText.address("10.0." + number + "." + random.nextInt(size));
            exclude.add(excluded.asPrefix());
            never.add(excluded);
        }
        final AddressRange range = AddressRange.of(subnet, IpText.address("10.0." + number + "." + Math.min(a, b)),
                IpText.address("10.0." + number + "." + Math.max(a, b)), null, exclude);
        never.add(range.gateway());
        return range;
    }

    /** Eight threads, as many addresses as they want together: nobody gets what another has. */
    @Test
    void parallelAllocationsAreDistinct() throws InterruptedException {
        final List<RangeSet> sets = List.of(set("10.0.0.0/22"));
        final Set<String> seen = ConcurrentHashMap.newKeySet();
        final List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            final int number = t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 120; i++) {
                    try {
                        seen.add(next(sets, number + "." + i));
                    } catch (IpamException e) {
                        throw new AssertionError(e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(8 * 120, seen.size());
    }

    @Test
    void rangesThatAreNone() {
        invalid("is too small", () -> AddressRange.of(IpText.prefix("10.0.0.0/31")));
        invalid("is too small", () -> AddressRange.of(IpText.prefix("fd00::/127")));
        invalid("rangeStart 10.1.0.1 is not in 10.0.0.0/24", () -> AddressRange.of(IpText.prefix("10.0.0.0/24"),
                IpText.address("10.1.0.1"), null, null, List.of()));
        invalid("is behind rangeEnd", () -> AddressRange.of(IpText.prefix("10.0.0.0/24"),
                IpText.address("10.0.0.9"), IpText.address("10.0.0.8"), null, List.of()));
        invalid("mixes IPv4 and IPv6", () -> new RangeSet(List.of(AddressRange.of(IpText.prefix("10.0.0.0/24")),
                AddressRange.of(IpText.prefix("fd00::/64")))));
        invalid("overlap", () -> new RangeSet(List.of(AddressRange.of(IpText.prefix("10.0.0.0/24")),
                AddressRange.of(IpText.prefix("10.0.0.128/25")))));
    }

    private static void invalid(String message, Runnable making) {
        final String told = assertThrows(IllegalArgumentException.class, making::run).getMessage();
        assertTrue(told.contains(message), told);
    }

    private void refused(String message, List<RangeSet> sets, String... addresses) {
        final String told = assertThrows(IpamException.class,
                () -> pool.allocate("refused", "n/r", sets, ips(addresses))).getMessage();
        assertTrue(told.contains(message), told);
    }

    private String next(List<RangeSet> sets, String owner) throws IpamException {
        return texts(pool.allocate(owner, "n/" + owner, sets, List.of())).getFirst();
    }

    private static RangeSet set(String subnet) {
        return new RangeSet(List.of(AddressRange.of(IpText.prefix(subnet))));
    }

    private static List<IpAddress> ips(String... texts) {
        return List.of(texts).stream().map(IpText::address).toList();
    }

    private static List<String> texts(List<Lease> leases) {
        return leases.stream().map(lease -> IpText.text(lease.address())).toList();
    }
}
