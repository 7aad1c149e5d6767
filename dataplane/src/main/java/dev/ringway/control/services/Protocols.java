package dev.ringway.control.services;

/** The protocols that Services know, as Kubernetes writes them. */
public final class Protocols {
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int SCTP = 132;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private Protocols() {
    }

    /** Also of those that no Service's port can have. */
    public static String word(int protocol) {
        return switch (protocol) {
            case TCP -> "TCP";
            case UDP -> "UDP";
            case SCTP -> "SCTP";
            case ICMP -> "ICMP";
            case ICMPV6 -> "ICMPv6";
            default -> Integer.toString(protocol);
        };
    }

    /** @throws IllegalArgumentException for any other word */
    public static int number(String word) {
        return switch (word) {
            case "TCP" -> TCP;
            case "UDP" -> UDP;
            case "SCTP" -> SCTP;
            default -> throw new IllegalArgumentException("must be TCP, UDP or SCTP, not '" + word + "'");
        };
    }
}
