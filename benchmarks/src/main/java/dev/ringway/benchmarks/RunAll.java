package dev.ringway.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks with JMH's GC profiler, writes the figures as a Markdown table, and fails if the packet path
 * allocates. Takes JMH's own arguments: {@code -f 1 -i 3 Path} for a quick look at a part.
 */
public final class RunAll {
    /** Below the smallest object, above what the profiler itself comes to in the longest benchmarks. */
    private static final double ZERO_BYTES = 2;
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    /** What Ringway does not use may allocate, and so may the control side. */
    private static final Set<String> ALLOWED = Set.of("naive", "sortedList", "oneToOne", "manyToOne",
            "arrayBlockingQueue", "full", "oneEndpoint");

    private RunAll() {
    }

    public static void main(String[] args) throws IOException, RunnerException, CommandLineOptionException {
        final Path out = Path.of(System.getProperty("out", "benchmarks/target/jmh"));
        Files.createDirectories(out);
        final Collection<RunResult> results = new Runner(new OptionsBuilder().parent(new CommandLineOptions(args))
                .shouldFailOnError(true).addProfiler(GCProfiler.class).resultFormat(ResultFormatType.JSON)
                .result(out.resolve("results.json").toString()).build()).run();
        final List<String> lines = new ArrayList<>();
        lines.add("| benchmark | parameters | score | error (99.9 %) | unit | B/op |");
        lines.add("|---|---|---|---|---|---|");
        boolean clean = true;
        for (RunResult result : results) {
            final double bytes = result.getSecondaryResults().get(ALLOCATED).getScore();
            final String name = result.getParams().getBenchmark();
            clean &= bytes < ZERO_BYTES || ALLOWED.contains(name.substring(name.lastIndexOf('.') + 1));
            lines.add(line(result, bytes));
        }
        Files.write(out.resolve("results.md"), lines);
        final PrintStream console = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        lines.forEach(console::println);
        if (!clean) {
            console.println("The packet path allocates: B/op is not 0 everywhere.");
            System.exit(1);
        }
    }

    private static String line(RunResult result, double bytes) {
        final Result<?> score = result.getPrimaryResult();
        final String name = result.getParams().getBenchmark();
        final List<String> parameters = new ArrayList<>();
        for (String key : result.getParams().getParamsKeys()) {
            parameters.add(key + "=" + result.getParams().getParam(key));
        }
        return String.format(Locale.ROOT, "| %s | %s | %.1f | %.1f | %s | %.1f |",
                name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1), String.join(" ", parameters),
                score.getScore(), score.getScoreError(), score.getScoreUnit(), Math.max(0, bytes));
    }
}
