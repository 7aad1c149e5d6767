package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;

/**
 * Addresses and ranges as Kubernetes objects may have them: older API servers let leading zeros through, which Go read
 * as decimal (CVE-2021-29923), IPv4 addresses in IPv6 form, blanks around ranges, and bits behind a range's length.
 */
final class KubernetesIps {
    private static final String MAPPED = "::ffff:";

    private KubernetesIps() {
    }

    /** @throws IllegalArgumentException that says what is wrong, for people */
    static IpAddress address(String text) {
        final boolean mapped = text.length() > MAPPED.length() && text.regionMatches(true, 0, MAPPED, 0,
                MAPPED.length()) && text.indexOf('.') > 0;
        final String plain = mapped ? text.substring(MAPPED.length()) : text;
        return IpText.address(plain.indexOf(':') < 0 ? withoutLeadingZeros(plain) : plain);
    }

    /** @throws IllegalArgumentException that says what is wrong, for people */
    static Prefix prefix(String text) {
        final String trimmed = text.strip();
        final int slash = trimmed.indexOf('/');
        if (slash < 0) {
            return IpText.prefix(trimmed);
        }
        final IpAddress address = address(trimmed.substring(0, slash));
        // Reads the length, with the messages that go with it.
        final int length = IpText.prefix((address.version() == 4 ? "0.0.0.0" : "::") + trimmed.substring(slash))
                .length();
        return Prefix.of(address.version(), address.hi(), address.lo(), length);
    }

    private static String withoutLeadingZeros(String text) {
        final StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            final boolean first = i == 0 || text.charAt(i - 1) == '.';
            int from = i;
            if (first) {
                while (from + 1 < text.length() && text.charAt(from) == '0' && text.charAt(from + 1) != '.') {
                    from++;
                }
            }
            i = from;
            plain.append(text.charAt(i));
        }
        return plain.toString();
    }
}
