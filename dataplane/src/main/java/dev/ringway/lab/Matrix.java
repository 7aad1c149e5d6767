package dev.ringway.lab;

import java.util.ArrayList;
import java.util.List;

/** Who reaches whom over one IP version, as a table that fits a terminal. */
record Matrix(int version, List<Endpoint> endpoints, List<Reach> cells) {
    /** More columns would not fit: then each row is summed up. */
    private static final int MOST_COLUMNS = 16;

    static Matrix probe(LabSpec spec, int version) throws InterruptedException {
        final List<Endpoint> endpoints = spec.endpoints();
        final List<Concurrently.Task<Reach>> probes = new ArrayList<>();
        for (Endpoint from : endpoints) {
            for (Endpoint to : endpoints) {
                if (Reach.isExpected(from, to)) {
                    probes.add(() -> Reach.probe(from, to, version));
                }
            }
        }
        final List<Reach> cells = Concurrently.run(probes);
        final List<Concurrently.Task<Reach>> secondLooks = new ArrayList<>();
        for (Reach cell : cells) {
            secondLooks.add(cell.lossy() ? cell::again : () -> cell);
        }
        return new Matrix(version, endpoints, Concurrently.run(secondLooks));
    }

    String text() {
        return endpoints.size() <= MOST_COLUMNS ? table() : summary();
    }

    private String table() {
        final List<String> head = new ArrayList<>(List.of("from \\ to"));
        endpoints.forEach(endpoint -> head.add(endpoint.label()));
        final Table table = new Table(head);
        for (Endpoint from : endpoints) {
            final List<String> row = new ArrayList<>(List.of(from.label()));
            for (Endpoint to : endpoints) {
                row.add(Reach.isExpected(from, to) ? mark(cell(from, to)) : from.equals(to) ? "." : "-");
            }
            table.add(row);
        }
        return table.text();
    }

    private String summary() {
        final Table table = new Table(List.of("from", "reached", "best ms", "worst ms"));
        for (Endpoint from : endpoints) {
            final List<Reach> row = cells.stream().filter(cell -> cell.from().equals(from)).toList();
            final List<Double> times = row.stream().filter(Reach::ok).map(cell -> cell.ping().bestMs()).sorted()
                    .toList();
            table.add(List.of(from.label(), times.size() + " of " + row.size(),
                    times.isEmpty() ? "-" : Texts.ms(times.getFirst()),
                    times.isEmpty() ? "-" : Texts.ms(times.getLast())));
        }
        return table.text();
    }

    private Reach cell(Endpoint from, Endpoint to) {
        for (Reach cell : cells) {
            if (cell.from().equals(from) && cell.to().equals(to)) {
                return cell;
            }
        }
        throw new IllegalStateException("not probed: " + from.label() + " to " + to.label());
    }

    private static String mark(Reach cell) {
        return !cell.ok() ? "FAIL" : Texts.ms(cell.ping().bestMs()) + (cell.lossy() ? "!" : "");
    }
}
