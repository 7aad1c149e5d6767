package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.wire.IpProtocol;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole connections as Linux tracks them: each segment and the state after it. */
class TcpTrackerTest {
    private final TcpSegments segments = new TcpSegments();
    private final FlowMemory memory = FlowMemory.anonymous(4);
    private final FlowTable table = new FlowTable(memory, flow -> { }, 0);

    @AfterEach
    void close() {
        memory.close();
        segments.close();
    }

    /**
     * @param script segments with the state after each: {@code >} the client's, {@code <} the backend's; a state in
     *               brackets is a verdict
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "opened and closed by the client, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED <A ESTABLISHED >FA FIN_WAIT"
            + " <A CLOSE_WAIT <FA LAST_ACK >A TIME_WAIT",
        "closed by the backend first, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED <FA FIN_WAIT >A CLOSE_WAIT >FA LAST_ACK"
            + " <A TIME_WAIT",
        "refused, >S SYN_SENT <RA CLOSE",
        "reset by the client, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED >R CLOSE",
        "SYN again, >S SYN_SENT >S SYN_SENT <SA SYN_RECV <SA SYN_RECV >A ESTABLISHED",
        "both open at once, >S SYN_SENT <S SYN_SENT2 >SA SYN_RECV >A ESTABLISHED",
        "answer without a question, >S SYN_SENT <SA SYN_RECV >SA SYN_RECV",
        "a new connection of the same ports, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED >FA FIN_WAIT <A CLOSE_WAIT"
            + " <FA LAST_ACK >A TIME_WAIT >S [REOPEN]",
        "after a reset, >S SYN_SENT <RA CLOSE >S [REOPEN]",
        "a SYN of the backend on an open connection, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED <S [INVALID]",
        "data before the answer, >S SYN_SENT >A [INVALID]",
        "no flags at all, >S SYN_SENT <SA SYN_RECV >- [INVALID]",
        "SYN and FIN, >S SYN_SENT <SF [INVALID]"})
    void connections(String name, String script) {
        final long flow = open();
        final String[] words = script.trim().split(" +");
        for (int i = 0; i < words.length; i += 2) {
            final boolean reply = words[i].charAt(0) == '<';
            final String flags = words[i].substring(1).replace("-", "");
            final int verdict = TcpTracker.track(flow, reply, segments.of(flags, 0, 0));
            final String told = verdict == Verdict.OK ? FlowState.name(Flow.state(flow))
                    : verdict == Verdict.REOPEN ? "[REOPEN]" : "[INVALID]";
            assertEquals(words[i + 1], told, name + ": " + words[i] + ", number " + i / 2);
        }
    }

    /**
     * The same where the directions pass two shards.
     *
     * @param script as above, but for the half that the segment passes; {@code =} both tell one another what they have
     *               seen, and the state is both's
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "opened and closed by the client, >S SYN_SENT <SA SYN_RECV = SYN_RECV >A ESTABLISHED = ESTABLISHED"
            + " >FA FIN_WAIT = FIN_WAIT <A CLOSE_WAIT = CLOSE_WAIT <FA LAST_ACK = LAST_ACK >A TIME_WAIT = TIME_WAIT",
        "closed by the backend first, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED = ESTABLISHED <FA FIN_WAIT = FIN_WAIT"
            + " >A CLOSE_WAIT = CLOSE_WAIT >FA LAST_ACK = LAST_ACK <A TIME_WAIT = TIME_WAIT",
        "closed by both at once, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED = ESTABLISHED >FA FIN_WAIT <FA FIN_WAIT"
            + " = LAST_ACK >A TIME_WAIT <A TIME_WAIT = TIME_WAIT",
        "own acknowledgements after the FIN say nothing of it, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED = ESTABLISHED"
            + " >FA FIN_WAIT >A FIN_WAIT >FA FIN_WAIT = FIN_WAIT <A CLOSE_WAIT = CLOSE_WAIT >A CLOSE_WAIT"
            + " >FA CLOSE_WAIT",
        "refused, >S SYN_SENT <RA CLOSE = CLOSE >S [REOPEN]",
        "reset, >S SYN_SENT <SA SYN_RECV >A ESTABLISHED = ESTABLISHED >R CLOSE <A ESTABLISHED = CLOSE <A CLOSE"
            + " = CLOSE"})
    void halves(String name, String script) {
        try (FlowMemory other = FlowMemory.anonymous(4)) {
            final FlowTable answers = new FlowTable(other, flow -> { }, 0);
            final long forward = open();
            answers.adopt(forward, 0);
            table.setAnsweredElsewhere(forward);
            final long reply = answers.entry(0);
            final String[] words = script.trim().split(" +");
            for (int i = 0; i < words.length; i += 2) {
                final String so = String.join(" ", List.of(words).subList(0, i + 2));
                if (words[i].equals("=")) {
                    table.adopt(reply, 0);
                    answers.adopt(forward, 0);
                    assertEquals(words[i + 1], FlowState.name(Flow.state(forward)), so);
                    assertEquals(words[i + 1], FlowState.name(Flow.state(reply)), so);
                    continue;
                }
                final boolean answer = words[i].charAt(0) == '<';
                final long half = answer ? reply : forward;
                final int verdict = TcpTracker.track(half, answer, segments.of(words[i].substring(1), 0, 0));
                assertEquals(words[i + 1], verdict == Verdict.REOPEN ? "[REOPEN]"
                        : FlowState.name(Flow.state(half)), so);
            }
        }
    }

    private long open() {
        final FlowKey forward = new FlowKey();
        forward.version = 4;
        forward.protocol = IpProtocol.TCP;
        forward.sourcePort = 1;
        final FlowKey reply = new FlowKey();
        reply.version = 4;
        reply.protocol = IpProtocol.TCP;
        reply.sourcePort = 2;
        return table.insert(forward, reply, 1 << 24, 1, 0);
    }

    /** A blind reset, far from what was acknowledged, does not end the flow: RFC 5961. */
    @ParameterizedTest
    @CsvSource({"1000, 1000, CLOSE", "1000, 2000, CLOSE", "1000, 999, ESTABLISHED", "1000, 2000000000, ESTABLISHED",
        // Sequence numbers come round: those behind 2^32 - 16 begin with 0 again.
        "-16, -16, CLOSE", "-16, -1, CLOSE", "-16, 0, CLOSE", "-16, 1000, CLOSE", "-16, -17, ESTABLISHED",
        "-16, 2147483647, ESTABLISHED", "0, -1, ESTABLISHED", "2147483647, -2147483648, CLOSE",
        "2147483647, 2147483646, ESTABLISHED"})
    void resetsMustFit(int acknowledged, int sequence, String state) {
        final long flow = open();
        TcpTracker.track(flow, false, segments.of("S", 0, 0));
        TcpTracker.track(flow, true, segments.of("SA", 0, acknowledged));
        TcpTracker.track(flow, false, segments.of("A", 1, 1));
        assertEquals(Verdict.OK, TcpTracker.track(flow, false, segments.of("R", sequence, 0)));
        assertEquals(state, FlowState.name(Flow.state(flow)));
    }
}
