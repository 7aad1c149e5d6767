package dev.ringway.config;

/**
 * Names of objects and ports as the API server has them (RFC 1123). What is written by hand is held to the same, since
 * names are put together with others for commands and metrics.
 */
final class KubernetesNames {
    private static final int MOST = 253;

    private KubernetesNames() {
    }

    /** @return what was given; if it is no name that is reported, and what is returned is of no use */
    static String check(Value value, String name) {
        if (name != null && !name.isEmpty() && !isName(name)) {
            value.refuse("'" + name + "' is no name: at most " + MOST + " lower-case letters, digits, '-' and '.',"
                    + " a letter or digit at both ends");
        }
        return name;
    }

    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final boolean atAnEnd = i == 0 || i == text.length() - 1;
            if (!isAlphanumeric(c) && (atAnEnd || c != '-' && c != '.')) {
                return false;
            }
        }
        return text.length() <= MOST;
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }
}
