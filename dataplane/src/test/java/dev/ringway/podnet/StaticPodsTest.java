package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.control.PodSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StaticPodsTest {
    private final PodRig rig = new PodRig();
    private final StaticPods pods = new StaticPods(rig.manager);
    private final PodSpec x = PodRig.pod("a/x", "10.244.1.10");
    private final PodSpec y = PodRig.pod("a/y", "10.244.1.11");

    @Test
    void onlyWhatChangesIsTouched() {
        pods.want(List.of(x, y), 0);
        rig.drain();
        final PodSpec moved = PodRig.pod("a/y", "10.244.1.12");
        pods.retain(List.of(x, moved));
        assertEquals(List.of("publish 4", "remove port 1 a/y", "delete a/y"), rig.drain());
        pods.want(List.of(x, moved), 0);
        assertEquals(List.of("open a/y", "add port 1 a/y", "publish 5"), rig.drain());
    }

    @Test
    void onePodsFailureIsNoOtherPods() {
        rig.devices.failures.put("a/x", "no such namespace");
        pods.want(List.of(x, y), 0);
        assertEquals(Map.of("a/x", "no such namespace"), pods.waiting());
        assertEquals(List.of("open a/y", "add port 0 a/y", "publish 2"), rig.drain());
        rig.devices.failures.clear();
        pods.tick(999);
        assertEquals(List.of(), rig.drain());
        pods.tick(1_000);
        assertEquals(List.of("open a/x", "add port 1 a/x", "publish 3"), rig.drain());
        assertEquals(Map.of(), pods.waiting());
    }

    @Test
    void failuresAreTriedLessAndLessOften() {
        rig.devices.failures.put("a/x", "busy");
        pods.want(List.of(x), 0);
        assertEquals(List.of(1L, 3L, 7L, 15L, 31L, 61L, 91L), secondsOfTries(x));
    }

    @Test
    void aMissingNamespaceIsLookedForEverySecond() {
        final PodSpec missing = PodRig.pod("a/x", Path.of("/nonexistent"), "10.244.1.10");
        rig.devices.failures.put("a/x", "missing");
        pods.want(List.of(missing), 0);
        final List<Long> everySecond = new ArrayList<>();
        for (long second = 1; second <= 100; second++) {
            everySecond.add(second);
        }
        assertEquals(everySecond, secondsOfTries(missing));
    }

    @Test
    void aLostInterfaceIsMadeAgain() {
        pods.want(List.of(x, y), 0);
        rig.drain();
        rig.devices.losses.put("a/x", "its interface was deleted");
        pods.tick(0);
        assertEquals(List.of("publish 4", "remove port 0 a/x", "delete a/x", "open a/x", "add port 0 a/x", "publish 5"),
                rig.drain());
        pods.tick(1);
        assertEquals(List.of(), rig.drain());
    }

    @Test
    void aWaitingPodThatIsNotWantedAnyMoreIsForgotten() {
        rig.devices.failures.put("a/x", "no");
        pods.want(List.of(x), 0);
        pods.retain(List.of());
        assertEquals(Map.of(), pods.waiting());
        rig.devices.failures.clear();
        pods.tick(1_000_000);
        assertEquals(List.of(), rig.drain());
    }

    /** The seconds up to 100 in which a pod that fails is tried: seen by letting it fail for a new reason each time. */
    private List<Long> secondsOfTries(PodSpec pod) {
        final List<Long> seconds = new ArrayList<>();
        for (long second = 1; second <= 100; second++) {
            rig.devices.failures.put(pod.name(), "second " + second);
            pods.tick(second * 1_000);
            if (pods.waiting().get(pod.name()).equals("second " + second)) {
                seconds.add(second);
            }
        }
        return seconds;
    }
}
