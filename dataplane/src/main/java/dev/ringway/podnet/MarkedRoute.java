package dev.ringway.podnet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.NodeSpec;
import java.io.IOException;
import java.util.List;

/**
 * Policy routing that takes marked packets into the node's device, also those addressed to the node itself. The kernel
 * asks its table of local addresses before all others, so that one's rule moves behind ours, from priority 0 to 100;
 * nothing else can come between. On the daemon's main thread.
 */
final class MarkedRoute {
    /** The one bit of a packet's mark that is ours. */
    static final String MARK = "0x200000";
    private static final String TABLE = "21079";
    private static final int OURS = 90;
    private static final int LOCAL = 100;
    private static final String LOCAL_RULE = "rule %s pref %d lookup local";
    private static final String OWN_RULE = "rule %s pref " + OURS + " fwmark " + MARK + "/" + MARK + " lookup " + TABLE;

    private MarkedRoute() {
    }

    /** True if routes that the kernel showed of the device are there because of {@link #install}. */
    static boolean isInstalled(List<JsonNode> shown) {
        return shown.stream().anyMatch(route -> route.path("table").asText().equals(TABLE));
    }

    /**
     * Makes what is missing; idempotent.
     *
     * @param device the node's own
     */
    static void install(String device, NodeSpec self) throws IOException {
        for (int version = 4; version <= 6; version += 2) {
            if (self.gateway(version) == null) {
                continue;
            }
            final List<JsonNode> rules = rules(version);
            final IpBatch batch = new IpBatch();
            batch.add("route replace default dev " + device + " table " + TABLE);
            if (!has(rules, LOCAL)) {
                batch.add(LOCAL_RULE.formatted("add", LOCAL));
            }
            if (!has(rules, OURS)) {
                batch.add(OWN_RULE.formatted("add"));
            }
            // Last, so that there is always one.
            if (has(rules, 0)) {
                batch.add(LOCAL_RULE.formatted("del", 0));
            }
            batch.run(version);
        }
    }

    /**
     * Puts the rules back as the kernel makes them. The route goes with the device.
     *
     * @return true if there was something to put back
     */
    static boolean remove() throws IOException {
        boolean found = false;
        for (int version = 4; version <= 6; version += 2) {
            final List<JsonNode> rules = rules(version);
            if (!has(rules, OURS)) {
                continue;
            }
            found = true;
            final IpBatch batch = new IpBatch();
            if (!has(rules, 0)) {
                batch.add(LOCAL_RULE.formatted("add", 0));
            }
            batch.add(OWN_RULE.formatted("del"));
            if (has(rules, LOCAL)) {
                batch.add(LOCAL_RULE.formatted("del", LOCAL));
            }
            batch.run(version);
        }
        return found;
    }

    private static boolean has(List<JsonNode> rules, int priority) {
        return rules.stream().anyMatch(rule -> rule.path("priority").asInt() == priority
                && rule.path("table").asText().equals(priority == OURS ? TABLE : "local"));
    }

    private static List<JsonNode> rules(int version) throws IOException {
        return Addresses.documents(new IpBatch().add("rule show").run(version));
    }
}
