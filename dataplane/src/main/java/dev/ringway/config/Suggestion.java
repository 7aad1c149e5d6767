package dev.ringway.config;

/** "Did you mean …?" for a word that is nearly one of those allowed. */
final class Suggestion {
    private static final int FAR = 3;

    private Suggestion() {
    }

    /** The allowed word at most two edits away, as a question to append; empty if there is none. */
    static String near(String word, Iterable<String> allowed) {
        String best = null;
        int least = Math.min(FAR, word.length());
        for (String candidate : allowed) {
            final int distance = Math.abs(word.length() - candidate.length()) >= least ? least
                    : distance(word.toLowerCase(), candidate.toLowerCase());
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best == null ? "" : "; did you mean " + best + "?";
    }

    /** Edits (insert, remove, replace, swap of neighbours) between two words. */
    private static int distance(String a, String b) {
        final int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                final int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
