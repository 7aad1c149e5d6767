package dev.ringway.conntrack;

/**
 * States of a flow and how long each lasts without a packet: Linux's (nf_conntrack-sysctl.rst) with the two that
 * kube-proxy sets, ESTABLISHED 24 hours and CLOSE_WAIT one hour.
 */
public final class FlowState {
    /** UDP: nothing came back yet; something did; and a stream, with answers after its first two seconds. */
    public static final int UNREPLIED = 1;
    public static final int REPLIED = 2;
    public static final int STREAM = 3;
    /** TCP, as seen between both ends. */
    public static final int SYN_SENT = 4;
    public static final int SYN_RECV = 5;
    public static final int ESTABLISHED = 6;
    public static final int FIN_WAIT = 7;
    public static final int CLOSE_WAIT = 8;
    public static final int LAST_ACK = 9;
    public static final int TIME_WAIT = 10;
    public static final int CLOSE = 11;
    public static final int SYN_SENT2 = 12;
    /** An ICMP query, answered or not. */
    public static final int QUERY = 13;
    /** SCTP, as seen between both ends. */
    public static final int COOKIE_WAIT = 14;
    public static final int COOKIE_ECHOED = 15;
    public static final int SCTP_ESTABLISHED = 16;
    public static final int SCTP_SHUTDOWN = 17;
    public static final int SCTP_CLOSED = 18;

    private static final int[] TIMEOUT_S = {0, 30, 30, 120, 120, 60, 86_400, 120, 3_600, 30, 120, 10, 120, 30, 3, 3,
        210, 3, 10};
    private static final String[] NAMES = {"FREE", "UNREPLIED", "REPLIED", "STREAM", "SYN_SENT", "SYN_RECV",
        "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2", "QUERY", "COOKIE_WAIT",
        "COOKIE_ECHOED", "ESTABLISHED", "SHUTDOWN", "CLOSED"};

    private FlowState() {
    }

    /** For people. */
    public static String name(int state) {
        return NAMES[state];
    }

    static boolean exists(int state) {
        return state > 0 && state < TIMEOUT_S.length;
    }

    static int timeoutS(int state) {
        return TIMEOUT_S[state];
    }

    /** True if both ends have agreed on the flow and neither has begun to end it: not to be given up for a new one. */
    static boolean isAssured(int state) {
        return state == ESTABLISHED || state == CLOSE_WAIT || state == STREAM || state == SCTP_ESTABLISHED;
    }

    /** True for what a flow of TCP or SCTP begins with. */
    static boolean isOpening(int state) {
        return state == SYN_SENT || state == COOKIE_WAIT;
    }

    /** True for a TCP connection that is not established yet. */
    public static boolean isHandshake(int state) {
        return state == SYN_SENT || state == SYN_RECV || state == SYN_SENT2;
    }

    /** The one of two states of a flow that comes after the other: as their numbers, but for SYN_SENT2. */
    static int later(int state, int other) {
        final int rank = state == SYN_SENT2 ? SYN_SENT : state;
        return other != SYN_SENT2 && other > rank ? other : state;
    }

    /** True for a TCP connection that both ends have ended, or one by a reset. */
    public static boolean isOver(int state) {
        return state == TIME_WAIT || state == CLOSE;
    }
}
