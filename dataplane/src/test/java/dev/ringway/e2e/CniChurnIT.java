package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A full node, ten times over: kubelet's 110 pods come and go, and what the daemon holds stays the same. */
final class CniChurnIT {
    private static final int PODS = 110;
    private static final int ROUNDS = 10;
    private static final int AT_ONCE = 10;
    private static final int MOST_GROWTH_KIB = 24 << 10;

    private CniCluster cluster;
    private MiniHost host;
    private Libcni network;

    /** What could leak. */
    private record Holdings(int files, String devices, String routes, List<String> addresses) {
    }

    private Holdings holdings() {
        final String pid = cluster.switchPid(1);
        return new Holdings(Integer.parseInt(host.shell("ls /proc/" + pid + "/fd | wc -l").strip()),
                host.must("ip", "-br", "link"), host.shell("ip route; ip -6 route; nft list ruleset"),
                cluster.podAddresses(1));
    }

    /** Some of the Java runtime's own end when they have been idle, so that there may be fewer later on. */
    private int threads() {
        return Integer.parseInt(host.shell("ls /proc/" + cluster.switchPid(1) + "/task | wc -l").strip());
    }

    private int residentKib() {
        return Integer.parseInt(host.shell("grep VmRSS /proc/" + cluster.switchPid(1) + "/status").replaceAll("\\D",
                ""));
    }

    private void forAll(ExecutorService pool, String prefix, Consumer<String> action)
            throws InterruptedException, ExecutionException {
        final List<Future<?>> all = new ArrayList<>();
        for (String netns : IntStream.range(0, PODS).mapToObj(i -> "/run/netns/" + prefix + i).toList()) {
            all.add(pool.submit(() -> action.accept(netns)));
        }
        for (Future<?> one : all) {
            one.get();
        }
    }

    private void round(ExecutorService pool) throws InterruptedException, ExecutionException {
        host.shell("for i in $(seq 0 " + (PODS - 1) + "); do ip netns add pod$i; done");
        forAll(pool, "pod", network::add);
        final List<String> addresses = cluster.podAddresses(1);
        final Set<String> distinct = new HashSet<>(addresses);
        assertEquals(2 * PODS, addresses.size());
        assertEquals(addresses.size(), distinct.size(), "an address was given out twice");
        // Half of the pods lose their namespace first, as after a crash of the runtime.
        host.shell("for i in $(seq 0 2 " + (PODS - 1) + "); do ip netns del pod$i; done");
        forAll(pool, "pod", network::del);
        host.shell("for i in $(seq 1 2 " + (PODS - 1) + "); do ip netns del pod$i; done");
    }

    @Test
    void tenTimesAHundredAndTenPodsLeaveNothingBehind() throws InterruptedException, ExecutionException {
        try (CniCluster two = new CniCluster(""); ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            cluster = two;
            host = two.host(1);
            network = Libcni.installed(host, "1.1.0");
            // The first round fills what is filled once: classes, compiled code, buffers.
            round(pool);
            final Holdings before = holdings();
            final int threadsBefore = threads();
            final int residentBefore = residentKib();
            for (int i = 1; i < ROUNDS; i++) {
                round(pool);
            }
            assertEquals(before, holdings());
            assertTrue(threads() <= threadsBefore, threads() + " threads, at first " + threadsBefore);
            final int grown = residentKib() - residentBefore;
            System.out.println("e2e: " + ROUNDS * PODS + " pods, resident " + residentBefore + " KiB after the first "
                    + PODS + ", " + grown + " KiB more after the last");
            assertTrue(grown < MOST_GROWTH_KIB, "resident memory grew by " + grown + " KiB");
            assertEquals(List.of(), before.addresses());
        }
    }
}
