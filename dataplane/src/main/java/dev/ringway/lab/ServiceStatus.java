package dev.ringway.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The demo Service as it is now.
 *
 * @param pids process of each pod's web server, or 0
 * @param used by node, the addresses that its switch gives new connections to; none if it does not answer
 */
record ServiceStatus(DemoService service, Map<Endpoint, Long> pids, Map<String, Set<String>> used) {
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration IN_FORCE = Duration.ofSeconds(10);
    private static final long POLL_MS = 50;

    static ServiceStatus ask(LabSpec spec, LabFiles files) {
        final DemoService service = new DemoService(spec, files);
        final Map<Endpoint, Long> pids = new LinkedHashMap<>();
        for (Endpoint pod : service.backends()) {
            pids.put(pod, new Daemon(pod.label(), files).pid());
        }
        final Map<String, Set<String>> used = new LinkedHashMap<>();
        for (Endpoint node : spec.allNodes()) {
            used.put(node.label(), usedBy(node, files));
        }
        return new ServiceStatus(service, pids, used);
    }

    /** Waits until all nodes give new connections to these pods alone. */
    static void awaitInForce(LabSpec spec, LabFiles files, Set<Endpoint> serving) throws InterruptedException {
        final long startNs = System.nanoTime();
        String waitsFor = ask(spec, files).notYet(serving);
        while (waitsFor != null) {
            if (System.nanoTime() - startNs > IN_FORCE.toNanos()) {
                throw new LabException(waitsFor + " has not taken the Service over within " + IN_FORCE.toSeconds()
                        + " s", "see " + files.log(waitsFor));
            }
            Thread.sleep(POLL_MS);
            waitsFor = ask(spec, files).notYet(serving);
        }
    }

    private static Set<String> usedBy(Endpoint node, LabFiles files) {
        try {
            return used(ControlClient.call(files.socket(node.label()), "services",
                    JsonNodeFactory.instance.objectNode().put("filter", DemoService.NAME), ANSWER));
        } catch (IOException e) {
            return Set.of();
        }
    }

    static Set<String> used(JsonNode services) {
        final Set<String> used = new HashSet<>();
        for (JsonNode port : services.path("services").path(0).path("ports")) {
            for (JsonNode backend : port.path("backends")) {
                if (backend.path("used").asBoolean()) {
                    used.add(backend.path("address").asText());
                }
            }
        }
        return used;
    }

    /** Null if all nodes give new connections to these pods alone, else one that does not. */
    String notYet(Set<Endpoint> serving) {
        final Set<String> wanted = new HashSet<>();
        serving.forEach(pod -> wanted.addAll(pod.addresses()));
        for (Map.Entry<String, Set<String>> node : used.entrySet()) {
            if (!node.getValue().equals(wanted)) {
                return node.getKey();
            }
        }
        return null;
    }

    boolean ready() {
        return !pids.containsValue(0L) && notYet(pids.keySet()) == null;
    }

    String text() {
        final Table table = new Table(List.of("pod", "pid", "used by nodes"));
        pids.forEach((pod, pid) -> table.add(List.of(pod.label(), pid == 0 ? "-" : Long.toString(pid),
                usedBy(pod).size() + " of " + used.size())));
        final StringBuilder text = new StringBuilder(service.text()).append('\n').append(table.text());
        pids.forEach((pod, pid) -> text.append(pid != 0 ? "" : "  " + pod.label() + ": the web server does not run; "
                + "'ringway lab check' starts it again\n"));
        return text.toString();
    }

    /** Into what {@link DemoService#json} has written. */
    void addTo(ObjectNode json) {
        json.put("ready", ready());
        int i = 0;
        for (Endpoint pod : pids.keySet()) {
            Json.addAll(((ObjectNode) json.path("pods").get(i++)).putArray("usedBy"), usedBy(pod));
        }
    }

    private List<String> usedBy(Endpoint pod) {
        final List<String> nodes = new ArrayList<>();
        used.forEach((node, addresses) -> {
            if (addresses.containsAll(pod.addresses())) {
                nodes.add(node);
            }
        });
        return nodes;
    }
}
