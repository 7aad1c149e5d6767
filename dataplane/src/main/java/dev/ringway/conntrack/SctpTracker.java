package dev.ringway.conntrack;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Sctp;

/**
 * SCTP's states as seen from between both ends, by the chunks of a packet as in Linux's nf_conntrack_proto_sctp, with
 * one state for all steps of a shutdown. Verification tags are left to the ends. Stateless; the state is the flow's.
 */
public final class SctpTracker {
    /** Chunks looked at in one packet: those that matter come first. */
    private static final int MOST_CHUNKS = 16;

    private SctpTracker() {
    }

    /** True if a packet begins an association: an INIT, which stands alone in its packet (RFC 9260 sec. 6.10). */
    public static boolean opens(Packet p) {
        return p.length - p.l4 >= Sctp.LENGTH + Sctp.CHUNK_HEADER
                && Memory.getByte(p.ip + p.l4 + Sctp.LENGTH) == Sctp.INIT;
    }

    /** Moves a flow on by a packet; returns a {@link Verdict}. */
    static int track(long flow, Packet p) {
        int state = Flow.state(flow);
        if (opens(p)) {
            return state == FlowState.SCTP_CLOSED || state == FlowState.SCTP_SHUTDOWN ? Verdict.REOPEN : Verdict.OK;
        }
        final boolean half = (Flow.flags(flow) & (Flow.HALF_FORWARD | Flow.HALF_REPLY)) != 0;
        final long end = p.ip + p.length;
        long chunk = p.ip + p.l4 + Sctp.LENGTH;
        for (int i = 0; i < MOST_CHUNKS && chunk + Sctp.CHUNK_HEADER <= end; i++) {
            state = next(state, Memory.getByte(chunk), half);
            final int length = Memory.getShortBe(chunk + Sctp.CHUNK_LENGTH);
            if (length < Sctp.CHUNK_HEADER) {
                break;
            }
            chunk += length + 3 & ~3;
        }
        if (state != Flow.state(flow)) {
            Memory.putByte(flow + Flow.STATE, state);
        }
        return Verdict.OK;
    }

    /** @param half the other direction passes elsewhere, so that what it did must be guessed from this one */
    private static int next(int state, int type, boolean half) {
        return switch (type) {
            case Sctp.INIT_ACK -> state;
            case Sctp.COOKIE_ECHO -> state == FlowState.COOKIE_WAIT
                    ? half ? FlowState.SCTP_ESTABLISHED : FlowState.COOKIE_ECHOED : state;
            case Sctp.COOKIE_ACK -> isOpening(state) ? FlowState.SCTP_ESTABLISHED : state;
            case Sctp.ABORT, Sctp.SHUTDOWN_COMPLETE -> FlowState.SCTP_CLOSED;
            case Sctp.SHUTDOWN, Sctp.SHUTDOWN_ACK -> state == FlowState.SCTP_CLOSED ? state : FlowState.SCTP_SHUTDOWN;
            default -> half && isOpening(state) ? FlowState.SCTP_ESTABLISHED : state;
        };
    }

    private static boolean isOpening(int state) {
        return state == FlowState.COOKIE_WAIT || state == FlowState.COOKIE_ECHOED;
    }
}
