package dev.ringway.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Names of things as they may be written. Readers for {@link Value#parsed}. */
final class Names {
    private static final int MOST_NAME = 253;
    private static final int MOST_INTERFACE = 15;
    private static final int MOST_SOCKET_PATH = 107;

    private Names() {
    }

    static String node(String text) {
        if (!isName(text)) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a node name: 1 to 253 letters, digits, '-', '.' or '_', first a letter or digit");
        }
        return text;
    }

    static String pod(String text) {
        final int slash = text.indexOf('/');
        if (slash < 0 || !isName(text.substring(0, slash)) || !isName(text.substring(slash + 1))) {
            throw new IllegalArgumentException("'" + text + "' is not namespace/name as in default/web-1");
        }
        return text;
    }

    /**
     * As the kernel's dev_valid_name, without '%' (a pattern for TUNSETIFF), what iproute2 and nft take for quotes or
     * comments, and names that sysctl keeps for itself.
     */
    static String networkInterface(String text) {
        boolean right = !text.equals(".") && !text.equals("..") && !text.equals("all") && !text.equals("default")
                && !text.equals("lo") && text.length() <= MOST_INTERFACE;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            right &= c > ' ' && c < 0x7F && c != '/' && c != ':' && c != '%'
                    && c != '"' && c != '\'' && c != '\\' && c != '#';
        }
        if (!right) {
            throw new IllegalArgumentException("'" + text + "' is not an interface name: 1 to 15 visible ASCII"
                    + " characters without / : % # \\ and quotes, and not lo, all or default");
        }
        return text;
    }

    static String netns(String text) {
        if (!isName(text) && !isAbsolute(text)) {
            throw new IllegalArgumentException("'" + text + "' is neither an absolute path nor the name of a network"
                    + " namespace below /run/netns");
        }
        return text;
    }

    static Path socket(String text) {
        if (!isAbsolute(text) || text.endsWith("/")
                || text.getBytes(StandardCharsets.UTF_8).length > MOST_SOCKET_PATH) {
            throw new IllegalArgumentException("'" + text + "' is not an absolute path of at most "
                    + MOST_SOCKET_PATH + " bytes (unix(7))");
        }
        return Path.of(text);
    }

    static Path absolutePath(String text) {
        if (!isAbsolute(text)) {
            throw new IllegalArgumentException("'" + text + "' is not an absolute path");
        }
        return Path.of(text).normalize();
    }

    private static boolean isAbsolute(String text) {
        boolean visible = text.startsWith("/");
        for (int i = 0; i < text.length(); i++) {
            visible &= text.charAt(i) >= ' ' && text.charAt(i) != 0x7F;
        }
        return visible;
    }

    private static boolean isName(String text) {
        boolean right = !text.isEmpty() && text.length() <= MOST_NAME;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            right &= letterOrDigit || i > 0 && (c == '-' || c == '.' || c == '_');
        }
        return right;
    }
}
