package dev.ringway.control.services;

import static dev.ringway.control.services.Specs.service;
import static dev.ringway.control.services.Specs.slice;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.service.Backend;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServiceTable;
import dev.ringway.testing.Seeded;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Compiling step by step gives what compiling at once gives, and touches nothing else on the way. */
class IncrementalCompileTest {
    /** What is wanted, beside the catalogs, so that a fresh one can be filled. */
    private static final class Wanted {
        final Map<String, ServiceSpec> services = new HashMap<>();
        final Map<String, EndpointSliceSpec> slices = new HashMap<>();

        Compiled atOnce(NodeView node) {
            final ServiceCatalog catalog = new ServiceCatalog(node);
            slices.values().forEach(catalog::put);
            services.values().forEach(catalog::put);
            return catalog.compile();
        }
    }

    /** What metrics are made of. */
    @Test
    void whatWasCompiled() {
        final ServiceCatalog catalog = new ServiceCatalog(Specs.SELF);
        catalog.put(service("a", "10.96.0.1").port("", Protocols.TCP, 80, 0).spec());
        catalog.put(slice("a", "a-1").port(8080).on("node1", "10.244.1.1").changed(1_000).spec());
        assertEquals(new Changes(true, 1, 1, List.of()), catalog.compile().changes(), "what was there before");
        final EndpointSliceSpec next = slice("a", "a-1").port(8080).on("node1", "10.244.1.2").changed(2_000).spec();
        catalog.put(next);
        catalog.put(next);
        assertEquals(new Changes(false, 1, 2, List.of(2_000L)), catalog.compile().changes());
        catalog.put(slice("a", "a-1").port(8081).on("node1", "10.244.1.2").changed(2_000).spec());
        assertEquals(new Changes(false, 1, 3, List.of()), catalog.compile().changes(), "for the same reason as before");
        catalog.removeSlice("default", "a-1");
        catalog.removeService("default", "a");
        assertEquals(new Changes(false, 2, 4, List.of()), catalog.compile().changes());
    }

    private static ServiceSpec randomService(SplittableRandom random, int i) {
        final int shape = random.nextInt(12);
        final Specs.Service service = shape == 0 ? service("s" + i)
                : random.nextBoolean() ? service("s" + i, "10.96.0." + i, "fd00:96::" + i)
                : service("s" + i, "10.96.0." + i);
        service.port("a", Protocols.TCP, 80, 30_000 + i);
        if (random.nextBoolean()) {
            service.port("b", random.nextBoolean() ? Protocols.UDP : Protocols.TCP, 81, 0);
        }
        if (random.nextInt(3) == 0) {
            service.type(ServiceType.NODE_PORT);
        }
        if (random.nextInt(3) == 0) {
            service.externalIps("192.0.2." + i, "2001:db8::" + i);
        }
        if (random.nextInt(3) == 0) {
            service.loadBalancer("198.51.100." + i, random.nextBoolean()).healthCheck(31_000 + i);
            if (random.nextBoolean()) {
                service.ranges("203.0.113.0/24");
            }
        }
        if (random.nextBoolean()) {
            service.externalLocal();
        }
        if (random.nextInt(4) == 0) {
            service.internalLocal();
        }
        if (random.nextInt(8) == 0) {
            service.publishNotReady();
        }
        if (random.nextInt(10) == 0) {
            service.foreignProxy();
        }
        return service.affinity(random.nextInt(2) * 100).spec();
    }

    private static EndpointSliceSpec randomSlice(SplittableRandom random, int service, String name) {
        final boolean six = name.hashCode() % 3 == 0;
        final Specs.Slice slice = slice("s" + service, name).port("a", Protocols.TCP, 8080 + random.nextInt(2));
        if (random.nextBoolean()) {
            slice.port("b", Protocols.UDP, 9090);
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            final int host = random.nextInt(12);
            final Specs.Ep endpoint = new Specs.Ep(six ? "fd00:244:1::" + host : "10.244.1." + host)
                    .node("node" + (1 + host % 3)).weight(1 + random.nextInt(2));
            switch (random.nextInt(6)) {
                case 0 -> endpoint.notReady();
                case 1 -> endpoint.terminating();
                case 2 -> endpoint.zones("zone-a");
                default -> { }
            }
            slice.endpoint(endpoint);
        }
        return slice.spec();
    }

    @Test
    void sameAsCompilingAtOnce() {
        Seeded.rounds(60, random -> {
            final Wanted wanted = new Wanted();
            final ServiceCatalog catalog = new ServiceCatalog(Specs.SELF);
            for (int step = 0; step < 60; step++) {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    final int number = 1 + random.nextInt(20);
                    if (random.nextInt(3) == 0) {
                        change(random, number, wanted, catalog);
                    } else {
                        changeSlice(random, number, wanted, catalog);
                    }
                }
                final Compiled compiled = catalog.compile();
                assertEquals(Cluster.describe(wanted.atOnce(Specs.SELF)), Cluster.describe(compiled), "step " + step);
                checkHandles(compiled.table());
            }
        });
    }

    private static void change(SplittableRandom random, int number, Wanted wanted, ServiceCatalog catalog) {
        if (random.nextInt(4) == 0) {
            wanted.services.remove("s" + number);
            catalog.removeService("default", "s" + number);
        } else {
            final ServiceSpec spec = randomService(random, number);
            wanted.services.put(spec.name(), spec);
            catalog.put(spec);
        }
    }

    private static void changeSlice(SplittableRandom random, int number, Wanted wanted, ServiceCatalog catalog) {
        final String name = "s" + number + "-" + random.nextInt(3);
        if (random.nextInt(4) == 0) {
            wanted.slices.remove(name);
            catalog.removeSlice("default", name);
        } else {
            // The same address twice with two weights would count by the order of slices.
            final EndpointSliceSpec spec = withoutDoubles(randomSlice(random, number, name), wanted);
            wanted.slices.put(name, spec);
            catalog.put(spec);
        }
    }

    private static EndpointSliceSpec withoutDoubles(EndpointSliceSpec slice, Wanted wanted) {
        final Set<Object> seen = new HashSet<>();
        wanted.slices.values().stream().filter(other -> other.service().equals(slice.service())
                && !other.name().equals(slice.name())).forEach(
                        other -> other.endpoints().forEach(endpoint -> seen.add(endpoint.address())));
        return new EndpointSliceSpec(slice.namespace(), slice.name(), slice.service(), slice.version(), false,
                slice.ports(), slice.endpoints().stream().filter(one -> seen.add(one.address())).toList(), 0);
    }

    /** Every backend that a frontend leads to is in the table under its handle, and no two share a slot. */
    private static void checkHandles(ServiceTable table) {
        final Map<Integer, Backend> slots = new HashMap<>();
        final Map<Integer, String> ids = new HashMap<>();
        table.forEachFrontend(frontend -> {
            final String port = frontend.port.name + "/" + frontend.version();
            assertEquals(port, ids.computeIfAbsent(frontend.port.id, id -> port));
            for (Backend backend : frontend.port.cluster.backends) {
                assertSame(backend, table.backend(backend.slot()));
                assertEquals(ServiceTable.SERVING, table.backendState(backend.handle));
                assertSame(backend, slots.computeIfAbsent(backend.slot(), slot -> backend));
            }
        });
    }

    @Test
    void oneChangedEndpointTouchesNothingElse() {
        final Cluster cluster = new Cluster();
        for (int i = 0; i < 2000; i++) {
            cluster.catalog.put(service("s" + i, "10.96." + (i >> 8) + "." + (i & 0xFF)).nodePort(80, 20_000 + i)
                    .spec());
            cluster.catalog.put(slice("s" + i, "s" + i + "-1").port(8080).on("node1", "10.244.1.1", "10.244.1.2")
                    .spec());
        }
        cluster.compiled = cluster.catalog.compile();
        final Compiled before = cluster.compiled;
        final Map<String, Frontend> frontends = new HashMap<>();
        before.table().forEachFrontend(frontend -> frontends.put(frontend.address + " " + frontend.number
                + frontend.token, frontend));
        cluster.put(slice("s7", "s7-1").port(8080).on("node1", "10.244.1.1", "10.244.1.3"));
        final Compiled after = cluster.compiled;
        assertNotSame(before.table(), after.table());
        assertSame(before.steered(), after.steered());
        assertSame(before.healthChecks(), after.healthChecks());
        assertSame(before.warnings(), after.warnings());
        after.table().forEachFrontend(frontend -> {
            final Frontend same = frontends.get(frontend.address + " " + frontend.number + frontend.token);
            if (frontend.port.name.equals("default/s7")) {
                assertNotSame(same, frontend);
                assertEquals(same.port.id, frontend.port.id);
                assertSame(same.port.cluster.backends[0], frontend.port.cluster.backends[0], "the one that stayed");
            } else {
                assertSame(same, frontend);
            }
        });
        assertSame(after, cluster.catalog.compile(), "nothing to do");
        cluster.put(slice("s7", "s7-1").port(8080).on("node1", "10.244.1.1", "10.244.1.3"));
        assertSame(after, cluster.compiled, "put again, but the same");
    }

    @Test
    void handleIsNotGivenAwaySoon() {
        final Cluster cluster = new Cluster().put(service("web", "10.96.0.10").port(80));
        cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1.1"));
        final int first = cluster.handle("10.96.0.10", 80, "10.244.1.1:8080");
        final Set<Integer> handles = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            cluster.put(slice("web", "web-1").port(8080).on("node1", "10.244.1." + (2 + i % 2)));
            final int handle = cluster.handle("10.96.0.10", 80, "10.244.1." + (2 + i % 2) + ":8080");
            assertTrue(handles.add(handle), "handle " + handle + " again after " + i);
            assertNotEquals(first, handle);
        }
    }
}
