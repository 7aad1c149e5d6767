package dev.ringway.lab;

import java.util.ArrayList;
import java.util.List;

/** Text in columns: the first to the left, the others to the right, as wide as they must be. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> head) {
        rows.add(List.copyOf(head));
    }

    void add(List<String> row) {
        if (row.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException(row.size() + " cells for " + rows.getFirst().size() + " columns");
        }
        rows.add(List.copyOf(row));
    }

    String text() {
        final int columns = rows.getFirst().size();
        final int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        final StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            final StringBuilder line = new StringBuilder("  ");
            for (int c = 0; c < columns; c++) {
                final String space = " ".repeat(widths[c] - row.get(c).length());
                line.append(c == 0 ? "" : "  ").append(c == 0 ? row.get(c) + space : space + row.get(c));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
