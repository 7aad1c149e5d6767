package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.fib.IpAddress;
import dev.ringway.testing.Seeded;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The table of pages against hash maps of the JDK, over generations of which the older ones must not change. */
class ServiceTableTest {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;
    private static final ServicePort PORT = new ServicePort(0, "a/b:c", BackendSet.EMPTY, BackendSet.EMPTY, false,
            false, false, 0, Balance.RANDOM);

    private record Key(IpAddress address, int protocol, int port) {
    }

    /** A generation and what must be in it. */
    private record Generation(ServiceTable table, Map<Key, Frontend> frontends, Map<Integer, Backend> backends,
            Map<Integer, Integer> states) {
        void check(SplittableRandom random) {
            assertEquals(frontends.size(), table.size());
            assertEquals(backends.size(), table.backendCount());
            final Set<IpAddress> clusterIps = new HashSet<>();
            frontends.forEach((key, frontend) -> {
                assertSame(frontend, find(table, key));
                if (frontend.kind == Kind.CLUSTER_IP) {
                    clusterIps.add(key.address());
                }
            });
            final Set<Frontend> all = new HashSet<>();
            table.forEachFrontend(all::add);
            assertEquals(new HashSet<>(frontends.values()), all);
            for (int i = 0; i < 300; i++) {
                final Key key = key(random);
                assertSame(frontends.get(key), find(table, key));
                final IpAddress address = key.address();
                assertEquals(clusterIps.contains(address),
                        table.isServiceAddress(address.version(), address.hi(), address.lo()));
                final int slot = random.nextInt(2000);
                final Backend backend = backends.get(slot);
                assertSame(backend, table.backend(slot));
                final int handle = Handle.of(slot, 1 + random.nextInt(3));
                assertEquals(backend != null && backend.handle == handle ? states.get(slot) : ServiceTable.GONE,
                        table.backendState(handle));
            }
        }
    }

    private static Frontend find(ServiceTable table, Key key) {
        return table.lookup(key.address().version(), key.address().hi(), key.address().lo(), key.protocol(),
                key.port());
    }

    /** Few addresses and ports, so that keys differ in one part only. */
    private static Key key(SplittableRandom random) {
        final long high = 10L << 56 | (long) random.nextInt(40) << 32;
        final int protocol = random.nextInt(3) == 0 ? random.nextBoolean() ? SCTP : UDP : TCP;
        final IpAddress address = random.nextInt(3) > 0 ? new IpAddress(4, high, 0)
                : new IpAddress(6, high, random.nextInt(3));
        return new Key(address, protocol, random.nextInt(20) + (random.nextBoolean() ? 0 : 65_516));
    }

    private static Generation next(Generation from, SplittableRandom random) {
        final Map<Key, Frontend> frontends = new HashMap<>(from.frontends());
        final Map<Integer, Backend> backends = new HashMap<>(from.backends());
        final Map<Integer, Integer> states = new HashMap<>(from.states());
        final ServiceTable.Builder builder = from.table().change();
        final boolean growing = random.nextInt(3) > 0;
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 2000 : 20); i > 0; i--) {
            final Key key = key(random);
            final Frontend frontend = Frontend.of(key.address(), key.protocol(), key.port(), PORT,
                    random.nextBoolean() ? Kind.CLUSTER_IP : Kind.EXTERNAL_IP, null);
            if (random.nextInt(4) > 0 == growing) {
                builder.put(frontend);
                frontends.put(key, frontend);
            } else {
                builder.remove(frontend);
                frontends.remove(key);
            }
            final int slot = random.nextInt(1500);
            final Backend backend = new Backend(Handle.of(slot, 1 + random.nextInt(3)), 4, slot, 0, 1, 1, false);
            if (random.nextInt(4) > 0 == growing) {
                final int state = random.nextBoolean() ? ServiceTable.SERVING : ServiceTable.NOT_SERVING;
                builder.put(backend, state);
                backends.put(slot, backend);
                states.put(slot, state);
            } else if (backends.containsKey(slot)) {
                builder.remove(backend);
                backends.remove(slot);
                states.remove(slot);
            }
        }
        return new Generation(builder.build(), frontends, backends, states);
    }

    @Test
    void sameAsHashMapsInEveryGeneration() {
        Seeded.rounds(40, random -> {
            final Generation[] generations = new Generation[25];
            generations[0] = new Generation(ServiceTable.EMPTY, Map.of(), Map.of(), Map.of());
            for (int i = 1; i < generations.length; i++) {
                generations[i] = next(generations[i - 1], random);
            }
            for (Generation generation : generations) {
                generation.check(random);
            }
        });
    }

    @Test
    void emptyHasNothing() {
        assertNull(ServiceTable.EMPTY.lookup(4, 0, 0, 0, 0));
        assertNull(ServiceTable.EMPTY.backend(0));
        assertFalse(ServiceTable.EMPTY.isServiceAddress(4, 0, 0));
        assertEquals(ServiceTable.GONE, ServiceTable.EMPTY.backendState(Handle.of(0, 1)));
    }

    @Test
    void tokenMatchesAtTheServiceAddressAndTellsTheRealOne() {
        final IpAddress service = new IpAddress(4, 10L << 56, 0);
        final IpAddress vip = new IpAddress(4, 192L << 56, 0);
        final ServiceTable table = ServiceTable.EMPTY.change().put(Frontend.of(vip, TCP, 80, PORT, Kind.LOAD_BALANCER,
                null)).put(Frontend.token(service, TCP, 40_000, PORT, Kind.LOAD_BALANCER, null, vip, 80)).build();
        final Frontend token = table.lookup(4, service.hi(), 0, TCP, 40_000);
        assertTrue(token.token);
        assertEquals(vip, token.address);
        assertEquals(80, token.number);
        assertEquals(40_000, token.matchPort());
        assertEquals(service.hi(), token.matchHi());
        final Frontend direct = table.lookup(4, vip.hi(), 0, TCP, 80);
        assertFalse(direct.token);
        assertEquals(4, direct.version());
        assertEquals(TCP, direct.protocol());
        assertFalse(table.isServiceAddress(4, vip.hi(), 0), "others may listen on other ports of it");
    }

    @Test
    void clusterIpIsAServiceAddressUntilItsLastPortGoes() {
        final IpAddress vip = new IpAddress(6, 0xFDL << 56, 1);
        final Frontend web = Frontend.of(vip, TCP, 80, PORT, Kind.CLUSTER_IP, null);
        final Frontend dns = Frontend.of(vip, UDP, 53, PORT, Kind.CLUSTER_IP, null);
        ServiceTable table = ServiceTable.EMPTY.change().put(web).put(dns).put(web).build();
        assertTrue(table.isServiceAddress(6, vip.hi(), vip.lo()));
        table = table.change().remove(web).remove(web).build();
        assertTrue(table.isServiceAddress(6, vip.hi(), vip.lo()));
        table = table.change().remove(dns).build();
        assertFalse(table.isServiceAddress(6, vip.hi(), vip.lo()));
    }
}
