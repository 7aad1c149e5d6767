package dev.ringway.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The switch is killed again and again while a runtime connects pods and takes others off: no address is given out
 * twice, nobody who was told "connected" is cut off, and a connection that was up goes on.
 */
final class CniCrashIT {
    private static final int PODS = 24;
    private static final int KILLS = 4;
    private static final int TRIES = 50;

    private MiniHost host;
    private Libcni network;

    private static String netns(int i) {
        return "/run/netns/pod" + i;
    }

    /** As kubelet does: what has failed is taken off and tried again, until the daemon is back. */
    private String connect(int i) {
        for (int attempt = 1;; attempt++) {
            try {
                return address(network.add(netns(i)));
            } catch (Libcni.Refused e) {
                if (attempt == TRIES) {
                    throw e;
                }
                takeOff(i);
            }
        }
    }

    private void takeOff(int i) {
        for (int attempt = 1;; attempt++) {
            try {
                network.del(netns(i));
                return;
            } catch (Libcni.Refused e) {
                if (attempt == TRIES) {
                    throw e;
                }
                pause(200);
            }
        }
    }

    private static String address(JsonNode result) {
        return result.path("ips").path(0).path("address").asText().split("/")[0];
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void killsAmidAddsAndDels() throws InterruptedException, ExecutionException {
        try (CniCluster cluster = new CniCluster(""); ExecutorService pool = Executors.newFixedThreadPool(6)) {
            host = cluster.host(1);
            network = Libcni.installed(host, "1.1.0");
            host.shell("for i in $(seq 0 " + PODS + "); do ip netns add pod$i; done");
            final String talker = connect(PODS);
            host.start("talk", "nsenter", "--net=" + netns(PODS), "socat", "TCP4-LISTEN:7005,reuseaddr", "EXEC:cat");
            cluster.host(2).start("client", "bash", "-c", "sleep 1; exec 3<>/dev/tcp/" + talker + "/7005; i=0; while "
                    + "[ ! -e /run/stop ]; do i=$((i+1)); echo line$i >&3; read -t 30 -u 3 a || exit 1; sleep 0.05; "
                    + "done; echo complete after $i");
            final AtomicInteger done = new AtomicInteger();
            final List<Future<String>> pods = new ArrayList<>();
            for (int i = 0; i < PODS; i++) {
                final int number = i;
                pods.add(pool.submit(() -> {
                    String address = connect(number);
                    // Every third goes and comes again.
                    if (number % 3 == 0) {
                        takeOff(number);
                        address = connect(number);
                    }
                    done.incrementAndGet();
                    return address;
                }));
            }
            for (int kill = 1; kill <= KILLS; kill++) {
                final int enough = PODS * kill / (KILLS + 1);
                TestNet.await(enough + " pods", () -> done.get() >= enough);
                cluster.signalSwitch(1, "KILL");
                cluster.startSwitch(1);
                cluster.awaitReady(1);
            }
            final List<String> told = new ArrayList<>();
            for (Future<String> pod : pods) {
                told.add(pod.get());
            }
            assertEquals(PODS, new HashSet<>(told).size(), "an address was given out twice: " + told);
            assertTrue(cluster.podAddresses(1).containsAll(told));
            assertEquals(2 * (PODS + 1), cluster.podAddresses(1).size());
            for (int i = 0; i < PODS; i++) {
                network.check(netns(i));
                host.must("ping", "-c", "1", "-W", "5", told.get(i));
            }
            cluster.host(2).shell("touch /run/stop");
            TestNet.await("the conversation's end", () -> !cluster.host(2).isAlive("client"));
            assertTrue(cluster.host(2).log("client").contains("complete"), cluster.host(2).log("client"));
            network.gc(List.of());
            assertEquals(List.of(), cluster.podAddresses(1));
        }
    }
}
