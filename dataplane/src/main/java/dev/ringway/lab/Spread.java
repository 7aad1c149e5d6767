package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How requests to the demo Service spread over its backends.
 *
 * @param when       what was going on
 * @param answers    how many each pod answered
 * @param failed     requests without an answer
 * @param expected   pods that must have answered, and no others
 * @param mostFailed as many may fail
 */
record Spread(String when, Ask ask, Map<String, Integer> answers, int failed, Set<String> expected, int mostFailed)
        implements Finding {
    static final int REQUESTS = 60;
    static final String ALL = "all serve";

    /** @param outcomes of the requests, as a {@link Series} has them */
    static Spread of(String when, Ask ask, List<String> outcomes, Set<String> expected, int mostFailed) {
        final Map<String, Integer> answers = new TreeMap<>();
        outcomes.forEach(pod -> answers.merge(pod, 1, Integer::sum));
        final Integer failed = answers.remove(Series.FAILED);
        return new Spread(when, ask, answers, failed == null ? 0 : failed, expected, mostFailed);
    }

    static Spread measure(String when, Ask ask, Set<String> expected) throws InterruptedException {
        try (Series series = new Series(ask)) {
            return of(when, ask, series.await(REQUESTS), expected, 0);
        }
    }

    /** What is usual goes without saying. */
    String text() {
        return when.equals(ALL) ? ask.text() : ask.text() + ", " + when;
    }

    @Override
    public boolean ok() {
        return failed <= mostFailed && answers.keySet().equals(expected);
    }

    @Override
    public String complaint() {
        return "Service web, " + ask.text() + ", " + when + ": expected answers of " + expected + " alone"
                + (mostFailed == 0 ? "" : " and at most " + mostFailed + " failed") + ", but " + answers + ", " + failed
                + " failed; again: " + ask.command();
    }

    @Override
    public ObjectNode json() {
        final ObjectNode counts = JsonNodeFactory.instance.objectNode();
        answers.forEach(counts::put);
        final int answered = answers.values().stream().mapToInt(Integer::intValue).sum();
        return JsonNodeFactory.instance.objectNode().put("when", when).put("from", ask.from().label())
                .put("to", ask.to()).put("ok", ok()).put("requests", answered + failed).put("failed", failed)
                .put("mostFailed", mostFailed).set("answers", counts);
    }
}
