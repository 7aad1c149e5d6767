package dev.ringway.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The demo Service at work: requests spread over its pods, one of which is killed on the way. */
final class Demo implements AutoCloseable {
    private static final Duration IN_FORCE = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final long POLL_MS = 50;

    private final LabSpec spec;
    private final LabFiles files;
    private final DemoService service;
    private final List<WebPod> pods = new ArrayList<>();

    Demo(LabSpec spec, LabFiles files) {
        this.spec = spec;
        this.files = files;
        service = new DemoService(spec, files);
    }

    /** Starts the web servers, shows how requests spread, kills one server, shows it again, and brings it back. */
    List<Spread> run(Progress progress) throws InterruptedException {
        progress.line("\nService lab/web, http://" + DemoService.CLUSTER_IP + "/ in pods and on nodes, port "
                + DemoService.NODE_PORT + " of each node: " + Spread.REQUESTS + " requests, a connection each");
        for (Endpoint backend : service.backends()) {
            start(backend);
        }
        final Set<Endpoint> all = new LinkedHashSet<>(service.backends());
        publish(all);
        final Endpoint client = spec.pod(1, spec.pods());
        final List<Spread> spreads = new ArrayList<>();
        spreads.add(Spread.measure("all serve", client, labels(all)));
        spreads.add(Spread.measure("all serve", spec.node(1), labels(all)));
        if (pods.size() < all.size()) {
            progress.line("  (another command's web servers answer, so none of them is killed)");
        } else if (all.size() > 1) {
            kill(client, all, spreads);
        }
        progress.line(table(spreads).stripTrailing());
        return spreads;
    }

    private void kill(Endpoint client, Set<Endpoint> all, List<Spread> spreads) throws InterruptedException {
        final WebPod victim = pods.removeLast();
        victim.close();
        // Nobody has told the switches yet.
        spreads.add(Spread.measure(victim.pod().label() + " killed", client, Set.of()));
        final Set<Endpoint> rest = new LinkedHashSet<>(all);
        rest.remove(victim.pod());
        publish(rest);
        spreads.add(Spread.measure("its endpoint not ready", client, labels(rest)));
        start(victim.pod());
        publish(all);
        spreads.add(Spread.measure("it is back", client, labels(all)));
    }

    private void start(Endpoint pod) {
        final WebPod server = WebPod.start(pod, DemoService.TARGET_PORT);
        if (server != null) {
            pods.add(server);
        }
    }

    private void publish(Set<Endpoint> serving) throws InterruptedException {
        service.publish(serving);
        final long startNs = System.nanoTime();
        for (Endpoint node : spec.allNodes()) {
            while (!isInForce(node, serving)) {
                if (System.nanoTime() - startNs > IN_FORCE.toNanos()) {
                    throw new LabException(node.label() + " has not taken the Service over within "
                            + IN_FORCE.toSeconds() + " s", "see " + files.log(node.label()));
                }
                Thread.sleep(POLL_MS);
            }
        }
    }

    private boolean isInForce(Endpoint node, Set<Endpoint> serving) {
        final Set<String> ready = new HashSet<>();
        try {
            final JsonNode services = ControlClient.call(files.socket(node.label()), "services", ANSWER);
            for (JsonNode backend : services.path("services").path(0).path("ports").path(0).path("backends")) {
                if (backend.path("used").asBoolean()) {
                    ready.add(backend.path("address").asText());
                }
            }
        } catch (IOException e) {
            return false;
        }
        final Set<String> wanted = new HashSet<>();
        serving.forEach(pod -> wanted.add(pod.address(4)));
        return ready.equals(wanted);
    }

    private String table(List<Spread> spreads) {
        final List<String> head = new ArrayList<>(List.of("", "from"));
        service.backends().forEach(pod -> head.add(pod.label()));
        head.add("failed");
        final Table table = new Table(head);
        for (Spread spread : spreads) {
            final List<String> row = new ArrayList<>(List.of(spread.when(), spread.from().label()));
            for (Endpoint pod : service.backends()) {
                row.add(Integer.toString(spread.answers().getOrDefault(pod.label(), 0)));
            }
            row.add(Integer.toString(spread.failed()));
            table.add(row);
        }
        return table.text();
    }

    private static Set<String> labels(Set<Endpoint> pods) {
        final Set<String> labels = new HashSet<>();
        pods.forEach(pod -> labels.add(pod.label()));
        return labels;
    }

    /** Ends the web servers; the Service stays as it is. */
    @Override
    public void close() {
        pods.forEach(WebPod::close);
    }
}
