package dev.ringway.shard;

import static dev.ringway.testing.PacketBuilder.FIN;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;

import dev.ringway.shard.NaivePacket.Protocol;
import java.util.Map;

/** States of {@link NaiveNat}'s flows by their names, as well-behaved ends lead to them, and how long they last. */
final class NaiveStates {
    private static final Map<String, Integer> TIMEOUTS = Map.ofEntries(Map.entry("UNREPLIED", 30),
            Map.entry("REPLIED", 30), Map.entry("STREAM", 120), Map.entry("SYN_SENT", 120), Map.entry("SYN_RECV", 60),
            Map.entry("ESTABLISHED", 86_400), Map.entry("FIN_WAIT", 120), Map.entry("CLOSE_WAIT", 3600),
            Map.entry("LAST_ACK", 30), Map.entry("TIME_WAIT", 120), Map.entry("CLOSE", 10), Map.entry("QUERY", 30),
            Map.entry("COOKIE_WAIT", 3), Map.entry("COOKIE_ECHOED", 3), Map.entry("ASSOCIATED", 210),
            Map.entry("SHUTDOWN", 3), Map.entry("CLOSED", 10));

    private NaiveStates() {
    }

    static int timeoutS(String state) {
        return TIMEOUTS.get(state);
    }

    static String first(Protocol protocol) {
        return switch (protocol) {
            case TCP -> "SYN_SENT";
            case UDP -> "UNREPLIED";
            case SCTP -> "COOKIE_WAIT";
            case PING -> "QUERY";
        };
    }

    /** @param ageS since the flow began */
    static String next(String state, NaivePacket p, boolean reply, int ageS) {
        return switch (p.protocol()) {
            case UDP -> state.equals("UNREPLIED") && !reply ? state
                    : ageS > 2 || state.equals("STREAM") ? "STREAM" : "REPLIED";
            case PING -> state;
            case TCP -> tcp(state, p, reply);
            case SCTP -> sctp(state, p.kind());
        };
    }

    private static String tcp(String state, NaivePacket p, boolean reply) {
        if ((p.kind() & RST) != 0) {
            // Far from what was acknowledged, if anything was.
            return p.sequence() == 1 || state.equals("SYN_SENT") ? "CLOSE" : state;
        }
        if ((p.kind() & SYN) != 0) {
            return reply && state.equals("SYN_SENT") ? "SYN_RECV" : state;
        }
        final boolean fin = (p.kind() & FIN) != 0;
        return switch (state) {
            case "SYN_RECV" -> fin ? "FIN_WAIT" : reply ? state : "ESTABLISHED";
            case "ESTABLISHED" -> fin ? "FIN_WAIT" : state;
            case "FIN_WAIT" -> fin ? "LAST_ACK" : "CLOSE_WAIT";
            case "CLOSE_WAIT" -> fin ? "LAST_ACK" : state;
            case "LAST_ACK" -> fin ? state : "TIME_WAIT";
            default -> state;
        };
    }

    private static String sctp(String state, int chunk) {
        return switch (chunk) {
            case 10 -> state.equals("COOKIE_WAIT") ? "COOKIE_ECHOED" : state;
            case 11 -> state.startsWith("COOKIE") ? "ASSOCIATED" : state;
            case 6, 14 -> "CLOSED";
            case 7, 8 -> state.equals("CLOSED") ? state : "SHUTDOWN";
            default -> state;
        };
    }
}
