package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whose counters a slot has. */
class ServiceCountersTest {
    private static final int PORT = 5;
    private static final int BACKEND = 9;

    private final ServiceCounters counters = new ServiceCounters();

    private long flows(int generation) {
        final long ofService = counters.ofService(Handle.of(PORT, generation), ServiceCounters.FLOWS);
        assertEquals(ofService, counters.ofBackend(Handle.of(BACKEND, generation), ServiceCounters.FLOWS));
        return ofService;
    }

    private void open(int generation) {
        counters.opened(Handle.of(PORT, generation), Handle.of(BACKEND, generation));
    }

    @Test
    void nothingIsInherited() {
        open(1);
        open(1);
        counters.answered(Handle.of(PORT, 1), Handle.of(BACKEND, 1), 100);
        assertEquals(2, flows(1));
        assertEquals(0, flows(2));
        open(2);
        assertEquals(1, flows(2));
        assertEquals(0, flows(1));
        assertEquals(0, counters.latencySum(Handle.of(PORT, 2)));
        counters.answered(Handle.of(PORT, 2), Handle.of(BACKEND, 2), 50);
        assertEquals(50, counters.latencySum(Handle.of(PORT, 2)));
    }

    /** A connection to what had the slot before may end late. */
    @Test
    void whoIsGoneCountsNoMore() {
        open(2);
        open(1);
        assertEquals(1, flows(2));
        assertEquals(0, flows(1));
        counters.answered(Handle.of(PORT, 1), Handle.of(BACKEND, 1), 100);
        assertEquals(0, counters.latencySum(Handle.of(PORT, 2)));
    }

    @Test
    void generationsComeRound() {
        open(Handle.GENERATIONS);
        open(1);
        assertEquals(1, flows(1));
        open(Handle.GENERATIONS);
        assertEquals(1, flows(1));
        assertEquals(0, flows(Handle.GENERATIONS));
    }

    /** As of flows that a former daemon has left. */
    @Test
    void whatNobodyKnowsIsNotCounted() {
        counters.opened(-1, -1);
        counters.opened(-1, 0);
        assertEquals(0, counters.ofService(-1, ServiceCounters.FLOWS));
    }

    @Test
    void latenciesOfBackends() {
        counters.answered(Handle.of(PORT, 1), Handle.of(BACKEND, 1), 10);
        counters.answered(Handle.of(PORT, 1), Handle.of(BACKEND, 1), 100);
        counters.answered(Handle.of(PORT, 1), Handle.of(BACKEND + 1, 1), 100);
        counters.answered(Handle.of(PORT, 1), Handle.of(BACKEND + 1, 1), Integer.MAX_VALUE);
        assertEquals(1, counters.backendLatencies(Handle.of(BACKEND, 1), 0));
        assertEquals(1, counters.backendLatencies(Handle.of(BACKEND, 1), 1));
        assertEquals(1, counters.backendLatencies(Handle.of(BACKEND + 1, 1), 1));
        assertEquals(1, counters.backendLatencies(Handle.of(BACKEND + 1, 1), ServiceCounters.BUCKETS - 1));
        assertEquals(2, counters.latencies(Handle.of(PORT, 1), 1));
        assertEquals(0, counters.backendLatencies(Handle.of(BACKEND, 2), 0));
        open(2);
        assertEquals(0, counters.backendLatencies(Handle.of(BACKEND, 2), 0), "nothing is inherited");
        assertEquals(0, counters.backendLatencies(Handle.of(BACKEND, 1), 0));
    }

    @Test
    void whatWasCountedForWhichBackend() {
        final Map<Integer, Integer> all = new TreeMap<>();
        counters.forEachBackend(all::put);
        assertEquals(Map.of(), all);
        counters.opened(Handle.of(PORT, 1), Handle.of(200_000, 1));
        counters.opened(Handle.of(PORT + 1, 1), Handle.of(3, 200));
        counters.forEachBackend(all::put);
        assertEquals(Map.of(Handle.of(200_000, 1), Handle.of(PORT, 1), Handle.of(3, 200), Handle.of(PORT + 1, 1)), all);
    }
}
