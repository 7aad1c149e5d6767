package dev.ringway.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Proves a lab to the person watching: who reaches whom, what is refused, how much and how fast it goes. */
final class Check {
    private static final int MANY_STREAMS = 4;
    private static final int MOST_FAILURES = 20;

    private final LabSpec spec;
    private final Demo demo;
    private final int seconds;
    private final Progress progress;

    /**
     * @param demo    the Service to show
     * @param seconds length of each throughput run
     */
    Check(LabSpec spec, Demo demo, int seconds, Progress progress) {
        this.spec = spec;
        this.demo = demo;
        this.seconds = seconds;
        this.progress = progress;
    }

    CheckReport run() throws InterruptedException {
        final List<Reach> reaches = new ArrayList<>();
        for (int version : spec.versions()) {
            progress.line("\nReachability over IPv" + version + ", best round trip in ms");
            final Matrix matrix = Matrix.probe(spec, version);
            progress.line(matrix.text().stripTrailing());
            reaches.addAll(matrix.cells());
        }
        progress.line("  (- : not expected, the outside has no route to pods)");
        final List<Refused> refused = Refused.probe(spec);
        progress.line("\nAddresses of the cluster that no pod has: " + refused.stream().filter(Refused::ok).count()
                + " of " + refused.size() + " answered by 'unreachable' at once");
        final List<Spread> service = demo.run(progress);
        final List<Resolved> resolved = List.of(demo.explain(progress));
        final CheckReport report = new CheckReport(reaches, refused, service, resolved, throughput(), latency());
        progress.line("");
        final List<String> failures = report.failures();
        failures.stream().limit(MOST_FAILURES).forEach(failure -> progress.line("  " + failure));
        if (failures.size() > MOST_FAILURES) {
            progress.line("  and " + (failures.size() - MOST_FAILURES) + " more (see check --json)");
        }
        progress.line(report.verdict());
        return report;
    }

    private List<Throughput> throughput() throws InterruptedException {
        final List<Throughput> all = new ArrayList<>();
        progress.line("\nTCP throughput, " + seconds + " s each");
        for (Flow flow : Flow.betweenPods(spec)) {
            final boolean plain = flow.version() == 4 && flow.from().node() != flow.to().node();
            for (int streams : plain ? List.of(1, MANY_STREAMS) : List.of(1)) {
                final Throughput one = Throughput.measure(flow, streams, seconds);
                all.add(one);
                progress.line(measured(flow, Texts.counted(streams, "stream", "streams"), !one.ok() ? "FAIL"
                        : String.format(Locale.ROOT, "%6.2f Gbit/s   %d retransmits", one.result().gbitPerSecond(),
                                one.result().retransmits())));
            }
        }
        noteNothing(all);
        return all;
    }

    private List<Latency> latency() throws InterruptedException {
        final List<Latency> all = new ArrayList<>();
        progress.line("\nRound trips one after the other, in ms");
        final List<Flow> flows = new ArrayList<>(Flow.betweenPods(spec));
        if (spec.nodes() > 1) {
            flows.add(new Flow("underlay alone", spec.node(1), spec.node(2), spec.underlay()));
        }
        for (Flow flow : flows) {
            final Latency one = Latency.measure(flow);
            all.add(one);
            progress.line(measured(flow, "", !one.ok() ? "FAIL" : String.format(Locale.ROOT, "p50 %.3f   p99 %.3f",
                    one.p50Ms(), one.p99Ms()) + (one.ping().received() == one.ping().sent() ? ""
                    : "   " + (one.ping().sent() - one.ping().received()) + " of " + one.ping().sent() + " lost")));
        }
        noteNothing(all);
        return all;
    }

    private void noteNothing(List<?> all) {
        if (all.isEmpty()) {
            progress.line("  nothing to measure: it needs two nodes (--nodes 2) or two pods (--pods 2)");
        }
    }

    private static String measured(Flow flow, String what, String result) {
        return String.format(Locale.ROOT, "  %-14s  %-16s  IPv%d  %-9s  %s", flow.path(), flow.text(), flow.version(),
                what, result);
    }
}
