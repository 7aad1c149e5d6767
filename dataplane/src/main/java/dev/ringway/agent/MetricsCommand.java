package dev.ringway.agent;

import dev.ringway.observe.metrics.Metric;
import dev.ringway.observe.metrics.Reference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ringway metrics}. */
@Command(name = "metrics",
        description = "Lists the metrics that the daemon has at /metrics, and what each means. Asks no daemon; the"
                + " values are at http://127.0.0.1:9465/metrics, or where its key metrics.listen says.")
final class MetricsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--list", required = true, description = "List them.")
    private boolean list;

    @Option(names = "--markdown", description = "As docs/METRICS.md has them.")
    private boolean markdown;

    @Override
    public Integer call() {
        final Table table = new Table("METRIC", "TYPE", "LABELS", "MEANING");
        for (Metric metric : Metric.values()) {
            table.row(metric.title(), metric.type().word(), String.join(",", metric.labels()), metric.help());
        }
        spec.commandLine().getOut().print(markdown ? Reference.metrics() : table.toString());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
