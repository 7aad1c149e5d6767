package dev.ringway.control;

import dev.ringway.fib.IpAddress;

/**
 * An address, alone or with a port, as people write it: {@code 10.0.0.1:80}, {@code [fd00::1]:80}.
 *
 * @param port 0: none was given
 */
public record IpEndpoint(IpAddress address, int port) {
    private static final int MOST_PORT = 65_535;

    /** @throws IllegalArgumentException that says what is wrong, for people */
    public static IpEndpoint parse(String text) {
        final int colon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            final int end = text.indexOf(']');
            if (end < 0 || end != text.length() - 1 && end != colon - 1) {
                throw new IllegalArgumentException("'" + text + "' is not [ADDRESS]:PORT");
            }
            final IpAddress address = IpText.address(text.substring(1, end));
            if (address.version() == 4) {
                throw new IllegalArgumentException("'" + text + "': only IPv6 addresses stand in brackets");
            }
            return new IpEndpoint(address, end == text.length() - 1 ? 0 : port(text, colon));
        }
        // More than one colon is an IPv6 address: which of its parts would be the port could not be told.
        return colon < 0 || colon != text.indexOf(':') ? new IpEndpoint(IpText.address(text), 0)
                : new IpEndpoint(IpText.address(text.substring(0, colon)), port(text, colon));
    }

    private static int port(String text, int colon) {
        final String digits = text.substring(colon + 1);
        if (!digits.matches("\\d{1,5}") || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > MOST_PORT) {
            throw new IllegalArgumentException("'" + digits + "' in '" + text + "' is not a port, 1.." + MOST_PORT);
        }
        return Integer.parseInt(digits);
    }
}
