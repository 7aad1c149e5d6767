package dev.ringway.conntrack;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;

/**
 * TCP's states as seen from between both ends: the transitions of Linux's nf_conntrack_proto_tcp, liberal in windows
 * (only a reset must fit what was acknowledged). Stateless; the state is the flow's.
 */
public final class TcpTracker {
    private static final int IV = -1;
    /** Passes and changes nothing: the ends will sort it out. */
    private static final int IG = -2;
    private static final int RE = -3;
    private static final int SS = FlowState.SYN_SENT;
    private static final int SR = FlowState.SYN_RECV;
    private static final int ES = FlowState.ESTABLISHED;
    private static final int FW = FlowState.FIN_WAIT;
    private static final int CW = FlowState.CLOSE_WAIT;
    private static final int LA = FlowState.LAST_ACK;
    private static final int TW = FlowState.TIME_WAIT;
    private static final int CL = FlowState.CLOSE;
    private static final int S2 = FlowState.SYN_SENT2;

    /** By direction and kind of segment: the next state, from SS SR ES FW CW LA TW CL S2. */
    private static final byte[][] FORWARD = {
        {SS, IG, IG, IG, IG, IG, RE, RE, S2},
        {IV, SR, IV, IV, IV, IV, IV, IV, SR},
        {IV, FW, FW, LA, LA, LA, TW, CL, IV},
        {IV, ES, ES, CW, CW, TW, TW, CL, IV},
        {CL, CL, CL, CL, CL, CL, CL, CL, CL}};
    private static final byte[][] REPLY = {
        {S2, IV, IV, IV, IV, IV, IV, IV, S2},
        {SR, IG, IG, IG, IG, IG, IG, IG, SR},
        {IV, FW, FW, LA, LA, LA, TW, CL, IV},
        {IG, SR, ES, CW, CW, TW, TW, CL, IG},
        {CL, CL, CL, CL, CL, CL, CL, CL, CL}};

    private static final int SYN = 0;
    private static final int SYN_ACK = 1;
    private static final int FIN = 2;
    private static final int ACK = 3;
    private static final int RST = 4;

    /** How far behind what was acknowledged a reset may lie: data under way, up to a large window. */
    private static final int RESET_WINDOW = 1 << 24;

    private TcpTracker() {
    }

    /** Moves a flow on by a segment; returns a {@link Verdict}. */
    static int track(long flow, boolean reply, Packet p) {
        final long tcp = p.ip + p.l4;
        final int flags = Tcp.flags(tcp);
        final int state = Flow.state(flow);
        final int kind = kind(flags);
        if (kind < 0) {
            return Verdict.INVALID;
        }
        if (kind == RST && !resets(flow, reply, Memory.getIntBe(tcp + Tcp.SEQUENCE))) {
            return Verdict.OK;
        }
        int next = (reply ? REPLY : FORWARD)[kind][state - SS];
        if ((Flow.flags(flow) & (Flow.HALF_FORWARD | Flow.HALF_REPLY)) != 0) {
            next = half(flow, kind, state, next);
        }
        if (next == RE) {
            return Verdict.REOPEN;
        }
        if (next == IV) {
            return Verdict.INVALID;
        }
        if (next != IG && next != state) {
            Memory.putByte(flow + Flow.STATE, next);
        }
        if ((flags & Tcp.ACK) != 0) {
            Memory.putInt(flow + (reply ? Flow.REPLY_ACK : Flow.FORWARD_ACK),
                    Memory.getIntBe(tcp + Tcp.ACKNOWLEDGMENT));
            Flow.setFlags(flow, reply ? Flow.HAS_REPLY_ACK : Flow.HAS_FORWARD_ACK, true);
        }
        return Verdict.OK;
    }

    /**
     * Of a flow whose other direction passes elsewhere, what that did comes late, as a state, or not at all. So this
     * end's packets stand for the answers that they are: that it acknowledges says that the other end was heard, but
     * after its own FIN not whether that was. A SYN after a FIN begins anew.
     */
    private static int half(long flow, int kind, int state, int next) {
        final boolean opening = state == SS || state == SR || state == S2;
        final boolean finished = (Flow.flags(flow) & Flow.HAS_FIN) != 0;
        if (kind == FIN) {
            Flow.setFlags(flow, Flow.HAS_FIN, true);
        }
        return switch (kind) {
            case SYN -> opening || state == ES ? next : RE;
            case ACK -> opening ? ES : state == FW && finished ? FW : next;
            case SYN_ACK -> state == SS ? SR : IG;
            case FIN -> opening || state == ES ? FW : finished ? state : next;
            default -> next;
        };
    }

    private static int kind(int flags) {
        if ((flags & Tcp.RST) != 0) {
            return RST;
        }
        if ((flags & Tcp.SYN) != 0) {
            return (flags & Tcp.FIN) != 0 ? -1 : (flags & Tcp.ACK) != 0 ? SYN_ACK : SYN;
        }
        if ((flags & Tcp.FIN) != 0) {
            return FIN;
        }
        return (flags & Tcp.ACK) != 0 ? ACK : -1;
    }

    /** A reset ends a flow only if its sequence is what the other end has acknowledged, or a little behind. */
    private static boolean resets(long flow, boolean reply, int sequence) {
        final int known = reply ? Flow.HAS_FORWARD_ACK : Flow.HAS_REPLY_ACK;
        if ((Flow.flags(flow) & known) == 0) {
            return true;
        }
        final int acknowledged = Memory.getInt(flow + (reply ? Flow.FORWARD_ACK : Flow.REPLY_ACK));
        return Integer.compareUnsigned(sequence - acknowledged, RESET_WINDOW) < 0;
    }
}
