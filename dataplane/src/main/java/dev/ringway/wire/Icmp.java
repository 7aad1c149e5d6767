package dev.ringway.wire;

/** ICMP (RFC 792) and ICMPv6 (RFC 4443) headers; both have type, code and checksum at the same offsets. */
public final class Icmp {
    public static final int LENGTH = 8;
    public static final int TYPE = 0;
    public static final int CODE = 1;
    public static final int CHECKSUM = 2;
    /** Next-hop MTU: the low half of the rest of the header in IPv4 (RFC 1191), all of it in IPv6. */
    public static final int REST = 4;
    /** Of queries and their answers: which of the sender's questions it is. */
    public static final int IDENTIFIER = 4;

    public static final int ECHO_REPLY = 0;
    public static final int ECHO_REQUEST = 8;
    public static final int TIMESTAMP = 13;
    public static final int TIMESTAMP_REPLY = 14;
    public static final int UNREACHABLE = 3;
    public static final int UNREACHABLE_HOST = 1;
    public static final int UNREACHABLE_PORT = 3;
    public static final int UNREACHABLE_FRAGMENTATION_NEEDED = 4;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    public static final int V6_UNREACHABLE = 1;
    public static final int V6_UNREACHABLE_ADDRESS = 3;
    public static final int V6_UNREACHABLE_PORT = 4;
    public static final int V6_PACKET_TOO_BIG = 2;
    public static final int V6_TIME_EXCEEDED = 3;
    public static final int V6_ECHO_REQUEST = 128;
    public static final int V6_ECHO_REPLY = 129;
    public static final int V6_NEIGHBOR_SOLICITATION = 135;
    public static final int V6_NEIGHBOR_ADVERTISEMENT = 136;

    private Icmp() {
    }

    /** True for the protocol that ICMP is in this IP version. */
    public static boolean isProtocol(int version, int protocol) {
        return protocol == (version == 4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    /** True for a question with an identifier that its answer repeats (RFC 5508 sec. 3: ICMP Query). */
    public static boolean isQuery(int version, int type) {
        return version == 4 ? type == ECHO_REQUEST || type == TIMESTAMP : type == V6_ECHO_REQUEST;
    }

    /** True for the answer to such a question. */
    public static boolean isQueryReply(int version, int type) {
        return version == 4 ? type == ECHO_REPLY || type == TIMESTAMP_REPLY : type == V6_ECHO_REPLY;
    }

    /** True for an ICMP error message, to which no other error may answer (RFC 1122 sec. 3.2.2). */
    public static boolean isError4(int type) {
        return type == UNREACHABLE || type == SOURCE_QUENCH || type == REDIRECT || type == TIME_EXCEEDED
                || type == PARAMETER_PROBLEM;
    }

    /** True for an ICMPv6 error (types below 128) or a redirect (RFC 4443 sec. 2.4). */
    public static boolean isError6(int type) {
        return type < 128 || type == 137;
    }
}
