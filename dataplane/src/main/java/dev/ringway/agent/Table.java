package dev.ringway.agent;

import java.util.ArrayList;
import java.util.List;

/** Text in aligned columns. */
final class Table {
    private static final String GAP = "  ";

    private final boolean[] right;
    private final int[] widths;
    private final List<String[]> rows = new ArrayList<>();
    /** Whether the headings stand at the top of what comes next. */
    private boolean headed = true;

    /** @param headings a leading '>' makes a column of numbers, aligned to the right */
    Table(String... headings) {
        right = new boolean[headings.length];
        widths = new int[headings.length];
        final String[] first = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            first[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(first);
    }

    Table row(String... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + right.length + " columns");
        }
        rows.add(cells);
        return this;
    }

    /** True if it holds nothing but headings. */
    boolean isEmpty() {
        return rows.size() == (headed ? 1 : 0);
    }

    /** The text of the rows since the last call, under the headings the first time; columns only get wider. */
    String next() {
        final String text = isEmpty() ? "" : toString();
        if (!text.isEmpty()) {
            headed = false;
            rows.clear();
        }
        return text;
    }

    @Override
    public String toString() {
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        final StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            final StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                final String pad = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : GAP).append(right[i] ? pad + row[i] : row[i] + pad);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
