package dev.ringway.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The demo Service at work: requests from everywhere spread over its pods, and the web server of one of them is killed
 * while requests go on.
 */
final class Demo {
    private final LabSpec spec;
    private final LabFiles files;
    private final DemoService service;
    private final Daemons daemons;
    private final Set<Endpoint> all;
    private final Endpoint victim;
    private final Ask usual;
    private boolean isOneKilled;

    Demo(LabSpec spec, LabFiles files) {
        this.spec = spec;
        this.files = files;
        service = new DemoService(spec, files);
        daemons = new Daemons(files, Progress.none());
        all = new LinkedHashSet<>(service.backends());
        victim = service.backends().getLast();
        usual = new Ask(spec.pod(1, spec.pods()), DemoService.clusterIp(4), DemoService.PORT);
    }

    List<Spread> run(Progress progress) throws InterruptedException {
        progress.line("\n" + service.text() + "\nWho answers " + Spread.REQUESTS + " requests, a connection each; a pod"
                + " that refuses " + Ejection.FAILURES + " in a row gets none for " + Ejection.RETRY_AFTER_S + " s");
        // What an earlier check that was cut off may have left undone.
        bringBack();
        final List<Concurrently.Task<Spread>> everywhere = new ArrayList<>();
        for (Ask ask : asks()) {
            everywhere.add(() -> Spread.measure(Spread.ALL, ask, labels(all)));
        }
        final List<Spread> spreads = new ArrayList<>(Concurrently.run(everywhere));
        if (all.size() > 1) {
            spreads.addAll(killOne());
        }
        progress.line(table(spreads).stripTrailing());
        return spreads;
    }

    /** How the switch explains the request of which the table shows most. */
    Resolved explain(Progress progress) {
        final Resolved resolved = Resolved.of(usual, files);
        progress.line("\nHow the switch of node" + usual.from().node() + " explains " + usual.text());
        progress.line(resolved.text() + "  (" + resolved.command() + ")");
        return resolved;
    }

    /** Lets the pod serve again that was killed, if what was to come after that was cut off. */
    void close() throws InterruptedException {
        if (isOneKilled && LabState.load(files) != null) {
            bringBack();
        }
    }

    private void bringBack() throws InterruptedException {
        daemons.awaitReady(daemons.start(service.backends(), Daemons.launcher()));
        publish(all);
        isOneKilled = false;
    }

    /** By ClusterIP from a pod and a node, by NodePort from a node and, through each node, from outside. */
    private List<Ask> asks() {
        final List<Ask> asks = new ArrayList<>();
        for (int version : spec.versions()) {
            final String clusterIp = DemoService.clusterIp(version);
            asks.add(new Ask(usual.from(), clusterIp, DemoService.PORT));
            asks.add(new Ask(spec.node(1), clusterIp, DemoService.PORT));
            asks.add(new Ask(spec.node(1), spec.node(1).address(version), DemoService.NODE_PORT));
            for (Endpoint node : spec.allNodes()) {
                asks.add(new Ask(spec.outside(), node.address(version), DemoService.NODE_PORT));
            }
        }
        return asks;
    }

    private List<Spread> killOne() throws InterruptedException {
        final String name = victim.label();
        final Set<Endpoint> rest = new LinkedHashSet<>(all);
        rest.remove(victim);
        final List<Spread> spreads = new ArrayList<>();
        try (Series series = new Series(usual)) {
            series.await(Spread.REQUESTS);
            isOneKilled = true;
            final long startNs = System.nanoTime();
            final int killed = series.meanwhile(() -> new Daemon(name, files).signal(true));
            final List<String> outcomes = series.await(killed + Spread.REQUESTS);
            final Duration time = Duration.ofNanos(System.nanoTime() - startNs);
            final int cut = Math.min(killed, outcomes.size());
            spreads.add(Spread.of("until " + name + " is killed", usual, outcomes.subList(0, cut), labels(all), 1));
            spreads.add(Spread.of("from then on", usual, outcomes.subList(cut, outcomes.size()), labels(rest),
                    Ejection.mostFailures(time)));
        }
        publish(rest);
        spreads.add(Spread.measure("its endpoint not ready", usual, labels(rest)));
        bringBack();
        try (Series series = new Series(usual)) {
            // What was ejected stays so until it is tried again and answers.
            series.await(outcomes -> outcomes.contains(name));
        }
        spreads.add(Spread.measure("it is back", usual, labels(all)));
        return spreads;
    }

    private void publish(Set<Endpoint> serving) throws InterruptedException {
        service.publish(serving);
        ServiceStatus.awaitInForce(spec, files, serving);
    }

    private String table(List<Spread> spreads) {
        final List<String> head = new ArrayList<>(List.of("from -> to"));
        service.backends().forEach(pod -> head.add(pod.label()));
        head.add("failed");
        final Table table = new Table(head);
        for (Spread spread : spreads) {
            final List<String> row = new ArrayList<>(List.of(spread.text()));
            for (Endpoint pod : service.backends()) {
                row.add(Integer.toString(spread.answers().getOrDefault(pod.label(), 0)));
            }
            row.add(Integer.toString(spread.failed()));
            table.add(row);
        }
        return table.text();
    }

    private static Set<String> labels(Set<Endpoint> pods) {
        final Set<String> labels = new TreeSet<>();
        pods.forEach(pod -> labels.add(pod.label()));
        return labels;
    }
}
