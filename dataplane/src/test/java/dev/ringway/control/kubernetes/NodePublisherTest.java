package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When this node's Node is written, and what; by a clock of the test's. */
class NodePublisherTest {
    private final List<JsonNode> patches = new ArrayList<>();
    private final Map<String, String> annotations = new HashMap<>();
    private final Map<String, String> wanted = new HashMap<>(
            Map.of("flannel.alpha.coreos.com/public-ip", "172.30.0.1"));
    private boolean networkUnavailable;
    private boolean refuses;
    private final NodePublisher publisher = new NodePublisher(this::patch, Runnable::run, "node1");

    private void patch(String node, String patch) throws IOException {
        assertEquals("node1", node);
        if (refuses) {
            throw new IOException("forbidden");
        }
        patches.add(Objects.JSON.readTree(patch));
    }

    private void tick(long nowMs) {
        publisher.tick(nowMs, new NodeObject("node1", "", "", List.of(), List.of(), annotations, networkUnavailable,
                false), wanted);
    }

    private void tickUntil(long fromMs, long toMs) {
        for (long now = fromMs; now <= toMs; now += 1_000) {
            tick(now);
        }
    }

    @Test
    void writesWhatDiffersAndOnlyThat() throws Exception {
        wanted.put("flannel.alpha.coreos.com/public-ipv6", null);
        wanted.put("flannel.alpha.coreos.com/backend-type", "vxlan");
        annotations.put("flannel.alpha.coreos.com/public-ipv6", "fd00:30::1");
        annotations.put("flannel.alpha.coreos.com/backend-type", "vxlan");
        tick(0);
        assertEquals(List.of(Objects.json("{'metadata':{'annotations':{'flannel.alpha.coreos.com/public-ip':"
                + "'172.30.0.1','flannel.alpha.coreos.com/public-ipv6':null}}}")), patches);
        annotations.put("flannel.alpha.coreos.com/public-ip", "172.30.0.1");
        annotations.remove("flannel.alpha.coreos.com/public-ipv6");
        tickUntil(1_000, 1_000_000);
        assertEquals(1, patches.size());
        assertNull(publisher.problem());
    }

    @Test
    void retriesEverMoreSlowly() {
        refuses = true;
        tick(0);
        assertEquals("Node node1 cannot be told of this node's tunnel end; it will be tried again: forbidden",
                publisher.problem());
        refuses = false;
        tick(500);
        assertEquals(0, patches.size());
        tickUntil(1_000, 2_000);
        assertEquals(1, patches.size());
        assertNull(publisher.problem());
    }

    /** flannel and Ringway on one node would write against each other for ever. */
    @Test
    void contestedNodeIsWrittenSeldom() {
        tickUntil(0, 3_600_000);
        assertTrue(patches.size() >= 10 && patches.size() <= 30, () -> patches.size() + " writes in an hour");
        assertEquals("the annotations of Node node1 do not stay as they are written (does flannel still run on this"
                + " node?)", publisher.problem());
        annotations.putAll(wanted);
        tickUntil(3_601_000, 4_300_000);
        assertNull(publisher.problem());
    }

    @Test
    void networkIsToldToBeThere() {
        annotations.putAll(wanted);
        networkUnavailable = true;
        tick(0);
        final JsonNode condition = patches.getFirst().get("status").get("conditions").get(0);
        assertEquals("NetworkUnavailable", condition.get("type").asText());
        assertEquals("False", condition.get("status").asText());
        assertTrue(condition.get("lastTransitionTime").asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"));
    }
}
