package dev.ringway.conntrack;

/** What following a packet came to. */
public final class Verdict {
    /** The packet belongs to the flow. */
    public static final int OK = 0;
    /** It does not fit the flow's state and must not pass. */
    public static final int INVALID = 1;
    /** It begins a new connection of the same ports; the flow is over. */
    public static final int REOPEN = 2;

    private Verdict() {
    }
}
