package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a check found, its verdict, and the JSON of {@code ringway lab check --json}. The shape is stable; keys may
 * be added while {@code v} stays 1:
 * <pre>
 * { "v": 1, "ok": true,
 *   "reachability": [ { "from", "to", "version", "address", "ok", "sent", "received", "rttMs" | "error" } ],
 *   "unreachable":  [ { "from", "address", "version", "ok", "answeredBy", "message" } ],
 *   "service":      [ { "when", "from", "to", "ok", "requests", "failed", "mostFailed", "answers": { pod: count } } ],
 *   "resolve":      [ { "from", "to", "ok", "steps": [ { "stage", "decision" } ] | "error" } ],
 *   "throughput":   [ { "path", "from", "to", "version", "streams", "ok",
 *                       "gbitPerSecond", "retransmits", "seconds" | "error" } ],
 *   "latency":      [ { "path", "from", "to", "version", "ok", "sent", "received", "p50Ms", "p99Ms", "maxMs"
 *                       | "error" } ],
 *   "failures":     [ "a line for each thing that is not as it should be" ] }
 * </pre>
 */
record CheckReport(List<Reach> reachability, List<Refused> unreachable, List<Spread> service,
        List<Resolved> resolve, List<Throughput> throughput, List<Latency> latency) {
    boolean ok() {
        return failures().isEmpty();
    }

    List<String> failures() {
        final List<String> failures = new ArrayList<>();
        for (List<? extends Finding> part : parts()) {
            for (Finding finding : part) {
                if (!finding.ok()) {
                    failures.add(finding.complaint());
                }
            }
        }
        return failures;
    }

    /** One line: passed or failed, and how much was looked at. */
    String verdict() {
        int all = 0;
        for (List<? extends Finding> part : parts()) {
            all += part.size();
        }
        final int failed = failures().size();
        final int lossy = (int) reachability.stream().filter(Reach::lossy).count();
        final String checks = Texts.counted(all, "check", "checks");
        return (failed == 0 ? "PASSED: " + checks + ", all right" : "FAILED: " + failed + " of " + checks)
                + (lossy == 0 ? "" : "; " + Texts.counted(lossy, "pair", "pairs") + " lost packets (marked !)");
    }

    ObjectNode json() {
        final ObjectNode root = JsonNodeFactory.instance.objectNode().put("v", 1).put("ok", ok());
        add(root.putArray("reachability"), reachability);
        add(root.putArray("unreachable"), unreachable);
        add(root.putArray("service"), service);
        add(root.putArray("resolve"), resolve);
        add(root.putArray("throughput"), throughput);
        add(root.putArray("latency"), latency);
        Json.addAll(root.putArray("failures"), failures());
        return root;
    }

    private List<List<? extends Finding>> parts() {
        return List.of(reachability, unreachable, service, resolve, throughput, latency);
    }

    private static void add(ArrayNode array, List<? extends Finding> findings) {
        findings.forEach(finding -> array.add(finding.json()));
    }
}
