package dev.ringway.observe.metrics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of Prometheus' text format 0.0.4: every sample belongs to the family above it, every family has help
 * and type once, nothing is there twice, histograms go up and end in what they count.
 */
public final class Exposition {
    private static final String VALUE = "\"(?:[^\"\\\\]|\\\\[\"\\\\n])*\"";
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:[a-zA-Z_][a-zA-Z0-9_]*="
            + VALUE + ",?)*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, String> helps = new HashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> labels = new HashMap<>();

    /** @throws AssertionError if it is not right, with the line */
    public static Exposition parse(String text) {
        final Exposition all = new Exposition();
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line does not end");
        }
        String family = null;
        for (String line : text.lines().toList()) {
            try {
                if (line.startsWith("# ")) {
                    family = all.comment(line, family);
                } else {
                    all.sample(line, family);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(line + "\n" + e.getMessage(), e);
            }
        }
        all.checkHistograms();
        return all;
    }

    private String comment(String line, String family) {
        final String[] words = line.split(" ", 4);
        final String name = words[2];
        switch (words[1]) {
            case "HELP" -> must(helps.put(name, words[3]) == null && !types.containsKey(name), "help twice or late");
            case "TYPE" -> {
                must(types.put(name, words[3]) == null, "type twice");
                must(name.equals(family), "type of another family than the help");
            }
            default -> throw new AssertionError("a comment of another kind");
        }
        return name;
    }

    private void sample(String line, String family) {
        final Matcher match = SAMPLE.matcher(line);
        must(match.matches(), "not a sample");
        final String type = types.get(family);
        final String name = match.group(1);
        final Set<String> allowed = switch (type) {
            case "histogram" -> Set.of(family + "_bucket", family + "_sum", family + "_count");
            case "summary" -> Set.of(family + "_sum", family + "_count");
            default -> Set.of(family);
        };
        must(allowed.contains(name), "not of the family " + family + " of type " + type);
        must(!type.equals("counter") || family.endsWith("_total"), "a counter's name ends in _total");
        final Map<String, String> found = new LinkedHashMap<>();
        final Matcher label = LABEL.matcher(match.group(2) == null ? "" : match.group(2));
        while (label.find()) {
            must(found.put(label.group(1), label.group(2)) == null, "a label twice");
        }
        final double value = match.group(3).equals("+Inf") ? Double.POSITIVE_INFINITY
                : Double.parseDouble(match.group(3));
        must(!Double.isNaN(value) && (!type.equals("counter") || value >= 0), "no count");
        final String key = key(name, found);
        must(samples.put(key, value) == null, "a sample twice");
        labels.put(key, found);
    }

    private void checkHistograms() {
        final Set<String> seen = new HashSet<>();
        final Map<String, Double> last = new HashMap<>();
        samples.forEach((key, value) -> {
            final Map<String, String> of = new LinkedHashMap<>(labels.get(key));
            final String bound = of.remove("le");
            if (bound != null) {
                final String histogram = key(key.substring(0, key.indexOf("_bucket")), of);
                must(last.getOrDefault(histogram, 0.0) <= value, histogram + " goes down");
                last.put(histogram, value);
                if (bound.equals("+Inf")) {
                    seen.add(histogram);
                    final String count = key(key.substring(0, key.indexOf("_bucket")) + "_count", of);
                    must(value.equals(samples.get(count)), histogram + " counts another number than its buckets");
                }
            }
        });
        must(seen.equals(last.keySet()), "a histogram without +Inf");
    }

    private static String key(String name, Map<String, String> labels) {
        return labels.isEmpty() ? name : name + labels;
    }

    private static void must(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }

    /** Of each family its type. */
    public Map<String, String> types() {
        return types;
    }

    public String help(String family) {
        return helps.get(family);
    }

    /** A sample as {@code name} or {@code name{label=value, …}}, labels in their order; NaN if it is not there. */
    public double value(String sample) {
        return samples.getOrDefault(sample, Double.NaN);
    }

    /** All samples whose name and labels contain the text, added up. */
    public double sum(String containing) {
        return samples.entrySet().stream().filter(one -> one.getKey().contains(containing))
                .mapToDouble(Map.Entry::getValue).sum();
    }

    /** The names of the labels of a family's samples. */
    public Set<String> labels(String family) {
        final Set<String> names = new HashSet<>();
        labels.forEach((sample, of) -> {
            if (sample.startsWith(family)) {
                names.addAll(of.keySet());
            }
        });
        names.remove("le");
        return names;
    }

    @Override
    public String toString() {
        return samples.toString();
    }
}
