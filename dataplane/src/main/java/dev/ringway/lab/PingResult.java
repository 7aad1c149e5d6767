package dev.ringway.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What iputils' ping said, with -n and LC_ALL=C.
 *
 * @param sent     echo requests
 * @param received answers, without duplicates
 * @param rttsMs   of each answer, ascending
 * @param errors   ICMP errors in place of answers, and what ping said itself when it could not even send
 */
record PingResult(int sent, int received, List<Double> rttsMs, List<Error> errors) {
    private static final Pattern ANSWER = Pattern.compile("\\d+ bytes from \\S+ icmp_seq=\\d+ .*time=([0-9.]+) ms");
    private static final Pattern ERROR = Pattern.compile("From (\\S+?):? icmp_seq=\\d+ (.+)");
    private static final Pattern FAILURE = Pattern.compile("ping: (.+)");
    private static final Pattern SUMMARY = Pattern.compile("(\\d+) packets transmitted, (\\d+) received.*");

    /** @param from who sent it, or empty: the local kernel, without a packet */
    record Error(String from, String text) {
    }

    PingResult {
        rttsMs = List.copyOf(rttsMs);
        errors = List.copyOf(errors);
    }

    static PingResult parse(String output) {
        int sent = 0;
        int received = 0;
        final List<Double> rtts = new ArrayList<>();
        final List<Error> errors = new ArrayList<>();
        for (String line : output.lines().toList()) {
            final Matcher answer = ANSWER.matcher(line);
            final Matcher error = ERROR.matcher(line);
            final Matcher failure = FAILURE.matcher(line);
            final Matcher summary = SUMMARY.matcher(line);
            if (answer.matches()) {
                rtts.add(Double.valueOf(answer.group(1)));
            } else if (error.matches()) {
                errors.add(new Error(error.group(1), error.group(2)));
            } else if (failure.matches()) {
                errors.add(new Error("", failure.group(1)));
            } else if (summary.matches()) {
                sent = Integer.parseInt(summary.group(1));
                received = Integer.parseInt(summary.group(2));
            }
        }
        rtts.sort(null);
        return new PingResult(sent, received, rtts, errors);
    }

    boolean answered() {
        return received > 0 && !rttsMs.isEmpty();
    }

    double bestMs() {
        return rttsMs.getFirst();
    }

    /** Nearest rank: the smallest time that this share of the answers did not exceed. */
    double percentileMs(double share) {
        final int rank = (int) Math.ceil(share * rttsMs.size());
        return rttsMs.get(Math.clamp(rank - 1, 0, rttsMs.size() - 1));
    }

    /** Why there was no answer. */
    String complaint() {
        if (errors.isEmpty()) {
            return "no answer to " + sent + " packets";
        }
        final Error error = errors.getFirst();
        return error.from().isEmpty() ? error.text() : error.from() + " says: " + error.text();
    }
}
