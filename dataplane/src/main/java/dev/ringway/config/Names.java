package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Names of things as they may be written. Readers for {@link Value#parsed}. */
final class Names {
    private static final int MOST_NAME = 253;
    private static final int MOST_INTERFACE = 15;
    private static final int MOST_SOCKET_PATH = 107;
    private static final int MOST_PORT = 65_535;

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

    /** An IP address and a port; no names, which would have to be asked for. */
    static InetSocketAddress listen(String text) {
        final int colon = text.lastIndexOf(':');
        final boolean bracketed = text.startsWith("[") && text.startsWith("]:", colon - 1);
        if (colon < 0 || !bracketed && text.indexOf(':') != colon || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw notListening(text);
        }
        final int port = Integer.parseInt(text.substring(colon + 1));
        final IpAddress address =
                IpText.address(bracketed ? text.substring(1, colon - 1) : text.substring(0, colon));
        if (port < 1 || port > MOST_PORT || bracketed != (address.version() == 6)) {
            throw notListening(text);
        }
        final byte[] raw = new byte[address.version() == 4 ? 4 : 16];
        ByteBuffer.allocate(16).putLong(address.hi()).putLong(address.lo()).get(0, raw);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(raw), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a wrong length", e);
        }
    }

    private static IllegalArgumentException notListening(String text) {
        return new IllegalArgumentException("'" + text + "' is not ADDRESS:PORT as in 127.0.0.1:9465 or [::1]:9465,"
                + " nor none");
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
