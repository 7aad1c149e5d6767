package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.Traffic;
import dev.ringway.fib.Adjacency;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodManagerTest {
    private final PodRig rig = new PodRig();
    private final PodManager manager = rig.manager;

    @Test
    void interfaceThenPortThenRoutesAndBack() throws IOException {
        manager.add(PodRig.pod("a/x", "10.244.1.10", "fd00:244:1::a"));
        assertEquals(List.of("open a/x", "add port 0 a/x", "publish 2"), rig.drain());
        assertEquals(Adjacency.pod(0), rig.route("10.244.1.10"));
        assertEquals(Adjacency.pod(0), rig.route("fd00:244:1::a"));
        assertEquals("a/x", manager.pod("a/x").port().name());
        assertEquals(1450, manager.pod("a/x").port().mtu());

        assertTrue(manager.remove("a/x"));
        assertEquals(List.of("publish 3", "remove port 0 a/x", "delete a/x"), rig.drain());
        assertSame(Adjacency.UNREACHABLE, rig.route("10.244.1.10"));
        assertFalse(manager.remove("a/x"));
        assertEquals(List.of(), rig.drain());
    }

    @Test
    void numbersAreReused() throws IOException {
        manager.add(PodRig.pod("a/x", "10.244.1.10"));
        manager.add(PodRig.pod("a/y", "10.244.1.11"));
        manager.remove("a/x");
        manager.add(PodRig.pod("a/z", "10.244.1.12"));
        assertEquals(0, manager.pod("a/z").port().number());
        assertEquals(1, manager.pod("a/y").port().number());
    }

    @Test
    void nothingIsSharedWithAnotherPod() throws IOException {
        manager.add(PodRig.pod("a/x", "10.244.1.10"));
        rig.drain();
        refused("pod a/x is connected already", "a/x", "10.244.1.11");
        refused("address 10.244.1.10 is that of pod a/x", "a/y", "10.244.1.11", "10.244.1.10");
        refused("interface ifx in /proc/self/ns/net is that of pod a/x", "b/x", "10.244.1.11");
        manager.add(PodRig.pod("b/x", Path.of("/proc/1/ns/net"), "10.244.1.12"));
    }

    @Test
    void failureOfTheInterfaceChangesNothing() throws IOException {
        rig.devices.failures.put("a/x", "no");
        refused("no", "a/x", "10.244.1.10");
        assertEquals(1, rig.publisher.current().generation());
        rig.devices.failures.clear();
        manager.add(PodRig.pod("a/x", "10.244.1.10"));
        assertEquals(0, manager.pod("a/x").port().number());
    }

    @Test
    void failureOfThePacketPathRollsTheInterfaceBack() throws IOException {
        rig.dataplane.refusal = new IllegalStateException("ring closed");
        assertThrows(IllegalStateException.class, () -> manager.add(PodRig.pod("a/x", "10.244.1.10")));
        assertEquals(List.of("open a/x", "roll back a/x"), rig.drain());
        assertNull(manager.pod("a/x"));
        manager.add(PodRig.pod("a/y", "10.244.1.10"));
        assertEquals(0, manager.pod("a/y").port().number());
    }

    @Test
    void trafficOfRemovedPodsIsKept() throws IOException {
        manager.add(PodRig.pod("a/x", "10.244.1.10"));
        manager.pod("a/x").port().counters(0).received(2, 200);
        manager.pod("a/x").port().counters(0).sent(1, 60);
        manager.remove("a/x");
        assertEquals(new Traffic(2, 200, 1, 60, 0), manager.retired());
    }

    @Test
    void closeDeletesOrLeaves() throws IOException {
        manager.add(PodRig.pod("a/x", "10.244.1.10"));
        manager.add(PodRig.pod("a/y", "10.244.1.11"));
        rig.drain();
        manager.close(false);
        assertEquals(List.of("leave a/x", "leave a/y"), rig.drain());
        manager.add(PodRig.pod("a/x", "10.244.1.10"));
        rig.drain();
        manager.close(true);
        assertEquals(List.of("delete a/x"), rig.drain());
    }

    private void refused(String message, String name, String... addresses) {
        assertEquals(message,
                assertThrows(IOException.class, () -> manager.add(PodRig.pod(name, addresses))).getMessage());
        assertEquals(List.of(), rig.drain());
    }
}
