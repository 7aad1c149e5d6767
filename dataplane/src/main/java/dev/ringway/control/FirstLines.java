package dev.ringway.control;

import java.util.ArrayList;
import java.util.List;

/** The first of many lines for people, and how many more there were: nobody reads thousands. One thread at a time. */
public final class FirstLines {
    /** So many of what may repeat itself for every object are told. */
    public static final int MOST = 20;

    private final int most;
    private final List<String> lines = new ArrayList<>(0);
    private int more;

    public FirstLines() {
        this(MOST);
    }

    /** @param most how many are kept */
    public FirstLines(int most) {
        this.most = most;
    }

    public void add(String line) {
        if (lines.size() < most) {
            lines.add(line);
        } else {
            more++;
        }
    }

    /**
     * All that were kept, and if there were others a line about them.
     *
     * @param about what that begins with, as in "services.yaml: "
     */
    public List<String> lines(String about) {
        if (more == 0) {
            return List.copyOf(lines);
        }
        final List<String> all = new ArrayList<>(lines);
        all.add(about + "and " + more + " more");
        return all;
    }
}
