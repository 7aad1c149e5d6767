package dev.ringway.control;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** MAC addresses as the low 48 bits of a long, their text, and the stable one that a node gets from its name. */
public final class MacAddress {
    private static final int TEXT_LENGTH = 17;

    private MacAddress() {
    }

    /**
     * The MAC of a node's VTEP when none is configured: 02 (locally administered, unicast) and the first five bytes of
     * the SHA-256 of its name. Every node computes the same for a peer without being told.
     */
    public static long ofNode(String node) {
        final byte[] hash;
        try {
            hash = MessageDigest.getInstance("SHA-256").digest(node.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        long mac = 0x02;
        for (int i = 0; i < 5; i++) {
            mac = mac << 8 | hash[i] & 0xFF;
        }
        return mac;
    }

    /**
     * Reads six hexadecimal pairs joined by colons.
     *
     * @throws IllegalArgumentException if it is no such text, zero, or a group address, which no VTEP may have
     */
    public static long parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            throw malformed(text);
        }
        long mac = 0;
        for (int i = 0; i < TEXT_LENGTH; i++) {
            final char c = text.charAt(i);
            if (i % 3 == 2) {
                if (c != ':') {
                    throw malformed(text);
                }
            } else {
                final int digit = c < 128 ? Character.digit(c, 16) : -1;
                if (digit < 0) {
                    throw malformed(text);
                }
                mac = mac << 4 | digit;
            }
        }
        if (mac == 0 || (mac >>> 40 & 1) != 0) {
            throw new IllegalArgumentException("'" + text + "' is zero or a group address; a VTEP needs its own MAC");
        }
        return mac;
    }

    public static String text(long mac) {
        final StringBuilder text = new StringBuilder(TEXT_LENGTH);
        for (int shift = 40; shift >= 0; shift -= 8) {
            final int octet = (int) (mac >>> shift) & 0xFF;
            text.append(octet < 16 ? "0" : "").append(Integer.toHexString(octet)).append(shift > 0 ? ":" : "");
        }
        return text.toString();
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("'" + text + "' is not a MAC address such as 02:00:5e:10:00:01");
    }
}
