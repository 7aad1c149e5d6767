package dev.ringway.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.ringway.testing.Seeded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Longest-prefix match against a walk over all routes. */
class FibTest {
    private static final int LOOKUPS = 1000;

    /** As many leading bits in common as the prefix is long: said without masks. */
    private static boolean matches(Prefix prefix, long hi, long lo) {
        final int common = hi != prefix.hi() ? Long.numberOfLeadingZeros(hi ^ prefix.hi())
                : 64 + Long.numberOfLeadingZeros(lo ^ prefix.lo());
        return common >= prefix.length();
    }

    private static Adjacency naive(Map<Prefix, Adjacency> routes, int version, long hi, long lo) {
        Adjacency best = null;
        int longest = -1;
        for (Map.Entry<Prefix, Adjacency> route : routes.entrySet()) {
            final Prefix prefix = route.getKey();
            if (prefix.version() == version && prefix.length() > longest && matches(prefix, hi, lo)) {
                best = route.getValue();
                longest = prefix.length();
            }
        }
        return best;
    }

    private static long low(SplittableRandom random, int version) {
        return version == 4 ? 0 : random.nextLong();
    }

    private static long high(SplittableRandom random, int version) {
        return version == 4 ? (long) random.nextInt() << 32 : random.nextLong();
    }

    /** Routes that lie inside each other: most grow out of one that is there. */
    private static Map<Prefix, Adjacency> routes(SplittableRandom random) {
        final Map<Prefix, Adjacency> routes = new HashMap<>();
        final List<Prefix> known = new ArrayList<>();
        for (int i = random.nextInt(300); i > 0; i--) {
            final int version = random.nextBoolean() ? 4 : 6;
            final Prefix from = known.isEmpty() ? null : known.get(random.nextInt(known.size()));
            final boolean inside = from != null && from.version() == version && random.nextInt(4) > 0;
            final int most = version == 4 ? 32 : 128;
            final int length = inside ? from.length() + random.nextInt(most - from.length() + 1)
                    : random.nextInt(most + 1);
            final long hi = high(random, version);
            final long lo = low(random, version);
            final Prefix prefix = inside ? Prefix.of(version, within(from.hi(), hi, Prefix.maskHi(from.length())),
                    within(from.lo(), lo, Prefix.maskLo(from.length())), length) : Prefix.of(version, hi, lo, length);
            routes.put(prefix, Adjacency.pod(i));
            known.add(prefix);
        }
        return routes;
    }

    private static long within(long of, long random, long mask) {
        return of & mask | random & ~mask;
    }

    @Test
    void sameAsAWalkOverAllRoutes() {
        Seeded.rounds(250, random -> {
            final Map<Prefix, Adjacency> routes = routes(random);
            final List<Prefix> prefixes = new ArrayList<>(routes.keySet());
            final Fib fib = new Fib(routes);
            assertEquals(routes, fib.routes());
            for (int i = 0; i < LOOKUPS; i++) {
                int version = random.nextBoolean() ? 4 : 6;
                long hi = high(random, version);
                long lo = low(random, version);
                if (!prefixes.isEmpty() && random.nextInt(8) > 0) {
                    // Inside of a route, or just outside: its last bit turned over.
                    final Prefix near = prefixes.get(random.nextInt(prefixes.size()));
                    version = near.version();
                    hi = version == 4 ? hi & -1L << 32 : hi;
                    lo = version == 4 ? 0 : lo;
                    hi = within(near.hi(), hi, Prefix.maskHi(near.length()));
                    lo = within(near.lo(), lo, Prefix.maskLo(near.length()));
                    if (near.length() > 0 && random.nextInt(4) == 0) {
                        final int bit = near.length() - 1;
                        hi ^= bit < 64 ? 1L << 63 - bit : 0;
                        lo ^= bit < 64 ? 0 : 1L << 127 - bit;
                    }
                }
                assertSame(naive(routes, version, hi, lo), fib.lookup(version, hi, lo));
            }
        });
    }

    @Test
    void empty() {
        final Fib fib = new Fib(Map.of());
        assertNull(fib.lookup(4, 0x0A00_0001_0000_0000L, 0));
        assertNull(fib.lookup(6, 1, 2));
    }

    @Test
    void defaultRoutesOfBothVersionsAreApart() {
        final Adjacency four = Adjacency.host(4);
        final Adjacency six = Adjacency.host(6);
        final Fib fib = new Fib(Map.of(Prefix.of(4, 0, 0, 0), four, Prefix.of(6, 0, 0, 0), six));
        assertSame(four, fib.lookup(4, -1L << 32, 0));
        assertSame(six, fib.lookup(6, -1, -1));
        assertSame(four, fib.lookup(4, 0, 0));
        assertSame(six, fib.lookup(6, 0, 0));
    }

    @Test
    void manyHostRoutesOfOneRange() {
        final Map<Prefix, Adjacency> routes = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            routes.put(Prefix.of(4, 0x0AF4_0000_0000_0000L + ((long) i * 2 << 32), 0, 32), Adjacency.pod(i));
        }
        final Fib fib = new Fib(routes);
        for (int i = 0; i < 20_000; i++) {
            final long hi = 0x0AF4_0000_0000_0000L + ((long) i * 2 << 32);
            assertEquals(i, fib.lookup(4, hi, 0).port());
            assertNull(fib.lookup(4, hi + (1L << 32), 0));
        }
    }

    @Test
    void adjacencies() {
        final Vtep vtep = new Vtep(3, "node3", 4, 0, 0, 0, 0, 0, 1500, OutsideClients.MASQUERADE, 1);
        assertEquals(new Adjacency(Adjacency.Kind.TUNNEL, -1, vtep), Adjacency.tunnel(vtep));
        assertEquals(true, Adjacency.pod(1).isLocal() && Adjacency.host(2).isLocal());
        assertEquals(false, Adjacency.tunnel(vtep).isLocal() || Adjacency.UNREACHABLE.isLocal());
    }
}
