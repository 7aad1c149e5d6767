package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.net.InetAddress;

/**
 * Addresses and prefixes as people write them, to and from the tables' form. Only full literals are taken: no names
 * (nothing here asks a resolver), no zones, no {@code 10.1} for 10.0.0.1, no leading zeros. Text comes out as RFC 5952
 * has it.
 */
public final class IpText {
    private IpText() {
    }

    /** @throws IllegalArgumentException that says what is wrong, for people */
    public static IpAddress address(String text) {
        final boolean six = text.indexOf(':') >= 0;
        if (six ? text.indexOf('%') >= 0 || text.indexOf('[') >= 0 : !isDottedQuad(text)) {
            throw notAnAddress(text);
        }
        final byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(text).getAddress();
        } catch (IllegalArgumentException e) {
            throw notAnAddress(text);
        }
        if (six && bytes.length == 4) {
            throw new IllegalArgumentException("'" + text + "' is an IPv4-mapped IPv6 address; write the IPv4 address");
        }
        return bytes.length == 4
                ? new IpAddress(4, bigEndian(bytes, 0, 4) << 32, 0)
                : new IpAddress(6, bigEndian(bytes, 0, 8), bigEndian(bytes, 8, 8));
    }

    /** @throws IllegalArgumentException that says what is wrong, for people */
    public static Prefix prefix(String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' has no prefix length, as in 10.244.0.0/16");
        }
        final IpAddress address = address(text.substring(0, slash));
        final int most = address.version() == 4 ? 32 : 128;
        final int length = length(text.substring(slash + 1), most);
        if (length < 0) {
            throw new IllegalArgumentException("prefix length of '" + text + "' must be 0.." + most);
        }
        final Prefix prefix = Prefix.of(address.version(), address.hi(), address.lo(), length);
        if (prefix.hi() != address.hi() || prefix.lo() != address.lo()) {
            throw new IllegalArgumentException(
                    "'" + text + "' has bits set behind its length; the range is " + text(prefix));
        }
        return prefix;
    }

    public static String text(IpAddress address) {
        return text(address.version(), address.hi(), address.lo());
    }

    public static String text(Prefix prefix) {
        return text(prefix.version(), prefix.hi(), prefix.lo()) + "/" + prefix.length();
    }

    /** Address and port, as in {@code 10.0.0.1:80} and {@code [fd00::1]:80}; the address alone for port 0. */
    public static String endpoint(IpAddress address, int port) {
        if (port == 0) {
            return text(address);
        }
        return (address.version() == 4 ? text(address) : "[" + text(address) + "]") + ":" + port;
    }

    private static String text(int version, long hi, long lo) {
        if (version == 4) {
            return (hi >>> 56) + "." + (hi >>> 48 & 0xFF) + "." + (hi >>> 40 & 0xFF) + "." + (hi >>> 32 & 0xFF);
        }
        final int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) ((i < 4 ? hi : lo) >>> 48 - 16 * (i & 3)) & 0xFFFF;
        }
        // RFC 5952 sec. 4.2: the longest run of zero groups, the first of equals, and never a single group.
        int start = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
            i = Math.max(i, end);
        }
        final StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private static boolean isDottedQuad(String text) {
        int dots = 0;
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '.') {
                dots++;
                digits = 0;
            } else if (c < '0' || c > '9' || ++digits > 3 || digits == 2 && text.charAt(i - 1) == '0') {
                return false;
            }
        }
        return dots == 3;
    }

    private static int length(String digits, int most) {
        if (digits.isEmpty() || digits.length() > 3 || digits.length() > 1 && digits.charAt(0) == '0') {
            return -1;
        }
        int length = 0;
        for (int i = 0; i < digits.length(); i++) {
            final int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            length = length * 10 + digit;
        }
        return length <= most ? length : -1;
    }

    private static long bigEndian(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | bytes[from + i] & 0xFF;
        }
        return value;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("'" + text + "' is not an IPv4 or IPv6 address");
    }
}
