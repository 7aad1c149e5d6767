package dev.ringway.service;

import dev.ringway.conntrack.Flow;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;

/**
 * Remembers what became of the first fragment of a datagram, for those that follow and have no ports: which flow it
 * belonged to, that it belonged to none, or why it was dropped. A fixed number of datagrams, in sets of four of which
 * the oldest gives way. Its memory is taken with the first fragment. One shard's switch thread.
 */
public final class FragmentTracks {
    /** What {@link #find} says of a datagram whose first fragment has not come, and of one that is no Service's. */
    public static final long UNKNOWN = 0;
    public static final long PLAIN = 1;
    /** Any value up to here and above {@link #PLAIN} is {@link #refusal}'s; flows lie far above. */
    private static final long REFUSED = 2;
    private static final long MOST_REFUSED = 1024;

    private static final int WAYS = 4;
    private static final int SETS = 1024;
    /** As long as a receiver waits for the rest (ipfrag_time). */
    private static final int HOLDS_S = 30;

    private long[] addresses;
    private long[] ids;
    private long[] fates;
    /** The ports of the flow when it was noted: its entry may be another flow's by now. */
    private long[] ports;
    private int[] seenS;
    /** When an entry was noted, by the number of those noted before it. */
    private int[] order;
    private int noted;

    /** Why the first fragment was dropped, or null if it was not. */
    public static DropReason refusal(long fate) {
        return fate >= REFUSED && fate < MOST_REFUSED ? DropReason.of((int) (fate - REFUSED)) : null;
    }

    /**
     * Notes a first fragment, before its addresses are changed.
     *
     * @param reason why it is dropped, or null
     * @param flow   its flow, or 0
     */
    public void note(Packet p, DropReason reason, long flow, int nowS) {
        if (fates == null) {
            addresses = new long[SETS * WAYS * 4];
            ids = new long[SETS * WAYS];
            fates = new long[SETS * WAYS];
            ports = new long[SETS * WAYS];
            seenS = new int[SETS * WAYS];
            order = new int[SETS * WAYS];
        }
        final int set = set(p);
        int at = at(set, p);
        if (at < 0) {
            at = oldest(set);
        }
        addresses[4 * at] = p.sourceHi;
        addresses[4 * at + 1] = p.sourceLo;
        addresses[4 * at + 2] = p.destinationHi;
        addresses[4 * at + 3] = p.destinationLo;
        ids[at] = p.fragmentId();
        fates[at] = reason != null ? REFUSED + reason.ordinal() : flow == 0 ? PLAIN : flow;
        ports[at] = flow == 0 ? 0 : Flow.ports(flow);
        seenS[at] = nowS;
        order[at] = noted++;
    }

    /**
     * What became of the first fragment of the datagram that a later one belongs to: {@link #UNKNOWN}, {@link #PLAIN},
     * one that has a {@link #refusal}, or the flow with bit 0 set if it is the backend's.
     */
    public long find(Packet p, int nowS) {
        if (fates == null) {
            return UNKNOWN;
        }
        final int at = at(set(p), p);
        if (at < 0 || nowS - seenS[at] > HOLDS_S) {
            return UNKNOWN;
        }
        final long fate = fates[at];
        if (fate < MOST_REFUSED) {
            return fate;
        }
        if (Flow.state(fate) == 0 || Flow.ports(fate) != ports[at]) {
            return UNKNOWN;
        }
        return Flow.isReply(fate, p) ? fate | 1 : Flow.isForward(fate, p) ? fate : UNKNOWN;
    }

    private int at(int set, Packet p) {
        final long id = p.fragmentId();
        for (int i = set; i < set + WAYS; i++) {
            if (fates[i] != 0 && ids[i] == id && addresses[4 * i] == p.sourceHi && addresses[4 * i + 1] == p.sourceLo
                    && addresses[4 * i + 2] == p.destinationHi && addresses[4 * i + 3] == p.destinationLo) {
                return i;
            }
        }
        return -1;
    }

    private int oldest(int set) {
        int oldest = set;
        for (int i = set; i < set + WAYS; i++) {
            if (fates[i] == 0) {
                return i;
            }
            if (order[i] - order[oldest] < 0) {
                oldest = i;
            }
        }
        return oldest;
    }

    private static int set(Packet p) {
        return (Hashing.mix((int) p.fragmentId() * 31 + Long.hashCode(p.sourceHi * 31 + p.sourceLo)) & SETS - 1) * WAYS;
    }
}
