package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowTableTest {
    private static final int UDP_S = 30;
    private static final int STREAM_S = 120;

    private final List<Integer> ended = new ArrayList<>();

    private FlowTable table(FlowMemory memory, int nowS) {
        return new FlowTable(memory, flow -> ended.add(Flow.clientPort(flow)), nowS);
    }

    private static FlowKey key(int protocol, long source, int sourcePort, long destination, int destinationPort) {
        final FlowKey key = new FlowKey();
        key.version = 4;
        key.protocol = protocol;
        key.sourceHi = source << 32;
        key.destinationHi = destination << 32;
        key.sourcePort = sourcePort;
        key.destinationPort = destinationPort;
        return key;
    }

    /** Client i's packets, and its backend's answers. */
    private static FlowKey forward(int protocol, int i) {
        return key(protocol, 0x0A00_0000L + (i >>> 14), 1024 + (i & 0x3FFF), 0x0A60_0001L, 80);
    }

    private static FlowKey reply(int protocol, int i) {
        return key(protocol, 0x0AF4_0000L + i % 7, 8080, 0x0A00_0000L + (i >>> 14), 1024 + (i & 0x3FFF));
    }

    private static long insert(FlowTable table, int protocol, int i, int nowS) {
        return table.insert(forward(protocol, i), reply(protocol, i), 1 << 24 | i % 7, 3, nowS);
    }

    @Test
    void foundByBothDirectionsAndNothingElse() {
        try (FlowMemory memory = FlowMemory.anonymous(16)) {
            final FlowTable table = table(memory, 0);
            final long flow = insert(table, IpProtocol.UDP, 5, 0);
            assertEquals(flow, table.find(forward(IpProtocol.UDP, 5)));
            assertEquals(flow | 1, table.find(reply(IpProtocol.UDP, 5)));
            assertEquals(0, table.find(forward(IpProtocol.TCP, 5)));
            assertEquals(0, table.find(forward(IpProtocol.UDP, 6)));
            final FlowKey sixth = forward(IpProtocol.UDP, 5);
            sixth.version = 6;
            assertEquals(0, table.find(sixth));
            table.remove(flow);
            assertEquals(0, table.find(forward(IpProtocol.UDP, 5)));
            assertEquals(0, table.find(reply(IpProtocol.UDP, 5)));
            assertEquals(0, table.size());
        }
    }

    /** Against a plain map, through many comings and goings in a table that is nearly full. */
    @Test
    void asAMapWould() {
        final Random random = new Random(11);
        try (FlowMemory memory = FlowMemory.anonymous(500)) {
            final FlowTable table = table(memory, 0);
            final Map<Integer, Long> oracle = new HashMap<>();
            for (int step = 0; step < 300_000; step++) {
                final int i = random.nextInt(900);
                final Long known = oracle.get(i);
                assertEquals(known == null ? 0 : known, table.find(forward(IpProtocol.UDP, i)));
                assertEquals(known == null ? 0 : known | 1, table.find(reply(IpProtocol.UDP, i)));
                if (known != null && random.nextInt(3) == 0) {
                    table.remove(known);
                    oracle.remove(i);
                } else if (known == null && oracle.size() < 490) {
                    oracle.put(i, insert(table, IpProtocol.UDP, i, 0));
                }
                assertEquals(oracle.size(), table.size());
            }
        }
    }

    /** Full to the last entry, also where the number of slots is no power of two. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000, 333_333, 1_000_000})
    void allFlowsThereIsRoomFor(int count) {
        try (FlowMemory memory = FlowMemory.anonymous(count)) {
            final FlowTable table = table(memory, 0);
            for (int i = 0; i < count; i++) {
                assertNotEquals(0, insert(table, IpProtocol.TCP, i, 0));
            }
            for (int i = 0; i < count; i++) {
                final long flow = table.find(forward(IpProtocol.TCP, i));
                assertEquals(1024 + (i & 0x3FFF), Flow.clientPort(flow));
                assertEquals(flow | 1, table.find(reply(IpProtocol.TCP, i)));
            }
            assertEquals(count, table.size());
        }
    }

    /** A million flows, over however many shards, and what people may write in services.maxFlows. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 65_536, 65_537, 100_000, 250_000, 333_333, 500_000, 524_289, 1_000_000, 1_048_577,
        1_100_000, 3_000_000, 1 << 28})
    void lessThan160BytesEach(int capacity) {
        assertTrue(Flow.LENGTH + (double) FlowIndex.bytes(capacity) / capacity < 160);
    }

    /** A flow of 2^32 packets, which take an hour at a million a second. */
    @Test
    void moreThanFourBillionPackets() {
        try (FlowMemory memory = FlowMemory.anonymous(4)) {
            final FlowTable table = table(memory, 0);
            final Packet p = new Packet();
            p.protocol = IpProtocol.UDP;
            p.length = 1000;
            final long flow = insert(table, IpProtocol.UDP, 1, 0);
            for (boolean reply : new boolean[] {false, true}) {
                Memory.putInt(flow + (reply ? Flow.REPLY_PACKETS : Flow.FORWARD_PACKETS), -2);
                for (int i = -1; i < 3; i++) {
                    table.track(flow, reply, p, 0);
                    assertEquals((1L << 32) + i, Flow.packets(flow, reply));
                    assertEquals(1000 * (i + 2), Flow.bytes(flow, reply));
                }
            }
            Flow.clearCounts(flow);
            assertEquals(0, Flow.packets(flow, false));
        }
    }

    @Test
    void thoseWhoseTimeIsOverEnd() {
        try (FlowMemory memory = FlowMemory.anonymous(16)) {
            final FlowTable table = table(memory, 100);
            insert(table, IpProtocol.UDP, 1, 100);
            insert(table, IpProtocol.TCP, 2, 100);
            assertEquals(0, table.expire(100 + UDP_S - 1, 64));
            assertEquals(1, table.expire(100 + UDP_S, 64));
            assertEquals(List.of(1025), ended);
            assertEquals(1, table.expire(100 + 120, 64));
            assertEquals(0, table.size());
        }
    }

    /** A state that lasts shorter than the one before counts from when it begins, not when the one before would end. */
    @Test
    void connectionsThatEndDoNotLinger() {
        final Packet later = new Packet();
        later.fragment = Packet.LATER;
        try (FlowMemory memory = FlowMemory.anonymous(16); TcpSegments segments = new TcpSegments()) {
            final FlowTable table = table(memory, 0);
            final long refused = insert(table, IpProtocol.TCP, 1, 0);
            assertEquals(Verdict.OK, table.track(refused, true, segments.of("RA", 0, 0), 1));
            assertEquals(0, table.expire(10, 64));
            assertEquals(1, table.expire(11, 64));
            final long closed = insert(table, IpProtocol.TCP, 2, 20);
            establish(closed);
            assertEquals(0, table.expire(400, 64), "its time has been put off for a day");
            table.track(closed, false, segments.of("FA", 0, 0), 500);
            table.track(closed, true, later, 510);
            assertEquals(0, table.expire(629, 64));
            assertEquals(1, table.expire(630, 64));
        }
    }

    /** The clock of seconds wraps after 68 years of uptime, and tables may be made shortly before. */
    @Test
    void timeWraps() {
        final int before = Integer.MAX_VALUE - 5;
        try (FlowMemory memory = FlowMemory.anonymous(16)) {
            final FlowTable table = table(memory, before);
            insert(table, IpProtocol.UDP, 1, before);
            assertEquals(0, table.expire(before + 20, 64));
            assertEquals(1, table.expire(before + UDP_S, 64));
        }
    }

    @Test
    void whenFullTheUnrepliedGiveWayAndTheAssuredDoNot() {
        try (FlowMemory memory = FlowMemory.anonymous(8)) {
            final FlowTable table = table(memory, 0);
            for (int i = 0; i < 8; i++) {
                final long flow = insert(table, IpProtocol.UDP, i, 0);
                if (i != 3) {
                    Memory.putByte(flow + Flow.STATE, FlowState.STREAM);
                }
            }
            assertNotEquals(0, insert(table, IpProtocol.UDP, 8, 1));
            assertEquals(List.of(1027), ended);
            assertEquals(1, table.evictedUnreplied());
            Memory.putByte(table.find(forward(IpProtocol.UDP, 8)) + Flow.STATE, FlowState.STREAM);
            assertEquals(0, insert(table, IpProtocol.UDP, 9, 1));
            assertEquals(1, table.refused());
            // After two minutes without a packet, the one that has idled longest.
            Memory.putInt(table.find(forward(IpProtocol.UDP, 5)) + Flow.LAST_SEEN, -10);
            assertNotEquals(0, insert(table, IpProtocol.UDP, 9, 121));
            assertEquals(1, table.evictedIdle());
            assertEquals(0, table.find(forward(IpProtocol.UDP, 5)));
        }
    }

    /** However many have been agreed on, spread over time, what a flood has begun gives way to what it begins. */
    @Test
    void floodsTakeNothingThatWorks() {
        try (FlowMemory memory = FlowMemory.anonymous(2_000)) {
            final FlowTable table = table(memory, 0);
            for (int nowS = 0; nowS < 300; nowS++) {
                establish(insert(table, IpProtocol.TCP, nowS, nowS));
                table.expire(nowS, 1_000);
            }
            ended.clear();
            for (int i = 300; i < 10_000; i++) {
                assertNotEquals(0, insert(table, IpProtocol.TCP, i, 400), i + " is refused");
            }
            for (int i = 0; i < 300; i++) {
                assertNotEquals(0, table.find(forward(IpProtocol.TCP, i)), i + " had to go");
            }
            assertEquals(8_000, table.evictedUnreplied());
            assertEquals(0, table.evictedIdle());
        }
    }

    @Test
    void theNextProcessFindsThem(@TempDir Path directory) throws IOException {
        final Path file = directory.resolve("flows");
        try (FlowMemory memory = FlowMemory.open(file, 64)) {
            final FlowTable table = table(memory, 10);
            for (int i = 0; i < 10; i++) {
                insert(table, IpProtocol.TCP, i, 10);
            }
            table.remove(table.find(forward(IpProtocol.TCP, 4)));
            Memory.putInt(table.find(forward(IpProtocol.TCP, 5)) + Flow.FORWARD_PACKETS, 7);
            Memory.putLong(table.find(forward(IpProtocol.TCP, 5)) + Flow.REPLY_BYTES, 7);
            Flow.setUntold(table.find(forward(IpProtocol.TCP, 5)), true);
            Flow.setForgotten(table.find(forward(IpProtocol.TCP, 5)), true);
        }
        try (FlowMemory memory = FlowMemory.open(file, 64)) {
            final FlowTable table = table(memory, 20);
            assertEquals(9, table.size());
            for (int i = 0; i < 10; i++) {
                assertEquals(i != 4, table.find(reply(IpProtocol.TCP, i)) != 0);
            }
            final long fifth = table.find(forward(IpProtocol.TCP, 5));
            assertEquals(Flow.RECOVERED, Flow.backend(fifth));
            assertEquals(0, Flow.flags(fifth), "what it was about to tell is nobody's now");
            assertEquals(0, Flow.packets(fifth, false) + Flow.bytes(fifth, true), "the former process has told of it");
            insert(table, IpProtocol.TCP, 4, 20);
            insert(table, IpProtocol.TCP, 10, 20);
            assertEquals(11, table.size());
        }
        // Much later they are over, and those of another size or make are not taken.
        try (FlowMemory memory = FlowMemory.open(file, 64)) {
            assertEquals(0, table(memory, 1000).size());
        }
        try (FlowMemory memory = FlowMemory.open(file, 32)) {
            assertEquals(0, table(memory, 20).size());
        }
        Files.write(file, new byte[] {1, 2, 3});
        try (FlowMemory memory = FlowMemory.open(file, 32)) {
            assertEquals(0, table(memory, 20).size());
        }
    }

    /** A process that ended in the middle of a write leaves an entry without a state: it does not count. */
    @Test
    void halfWrittenEntriesDoNotCount(@TempDir Path directory) throws IOException {
        final Path file = directory.resolve("flows");
        try (FlowMemory memory = FlowMemory.open(file, 64)) {
            final FlowTable table = table(memory, 10);
            insert(table, IpProtocol.TCP, 1, 10);
            Memory.putByte(insert(table, IpProtocol.TCP, 2, 10) + Flow.STATE, 0);
        }
        try (FlowMemory memory = FlowMemory.open(file, 64)) {
            final FlowTable table = table(memory, 10);
            assertEquals(1, table.size());
            insert(table, IpProtocol.TCP, 2, 10);
            insert(table, IpProtocol.TCP, 3, 10);
            assertEquals(3, table.size());
        }
    }

    @Test
    void adoptedByTheShardOfTheAnswers() {
        try (FlowMemory here = FlowMemory.anonymous(16); FlowMemory there = FlowMemory.anonymous(16)) {
            final FlowTable client = table(here, 0);
            final FlowTable backend = table(there, 0);
            final long flow = insert(client, IpProtocol.UDP, 1, 0);
            assertTrue(backend.adopt(flow, 0));
            client.setAnsweredElsewhere(flow);
            final long adopted = backend.find(reply(IpProtocol.UDP, 1)) & ~1L;
            assertEquals(Flow.vipPort(flow), Flow.vipPort(adopted));
            assertTrue(Flow.isAnswersOnly(adopted));
            assertEquals(0, backend.find(forward(IpProtocol.UDP, 1)));
            // The same answers again, of another client's flow: the older one gives way.
            assertTrue(backend.adopt(flow, 1));
            assertEquals(1, backend.size());
            assertEquals(0, backend.expire(UDP_S + Flow.TOLD_S - 1, 64), "may have gone on untold");
            assertEquals(1, backend.expire(UDP_S + Flow.TOLD_S, 64));
            client.remove(flow);
            assertEquals(0, client.size());
        }
    }

    /** Long connections that idle must not keep new ones out for ever: a table of 65,536 as an hour would fill it. */
    @Test
    void idleConnectionsGiveWayWhereverTheyAre() {
        final int capacity = 65_536;
        try (FlowMemory memory = FlowMemory.anonymous(capacity)) {
            final FlowTable table = table(memory, 0);
            fill(table);
            int next = capacity;
            for (int nowS = 200; nowS < 1200; nowS++) {
                table.expire(nowS, 1000);
                for (int i = 0; i < 20; i++) {
                    final long flow = insert(table, IpProtocol.TCP, next++, nowS);
                    assertNotEquals(0, flow);
                    establish(flow);
                }
            }
            assertEquals(0, table.refused());
            assertEquals(20_000, table.evictedIdle());
        }
    }

    /** Behind a thousand connections that have just begun, and so were noted as new ones that may not be answered. */
    @Test
    void whatIsOverGivesWayBehindNewConnections() {
        final int capacity = 1000;
        try (FlowMemory memory = FlowMemory.anonymous(capacity)) {
            final FlowTable table = table(memory, 0);
            fill(table);
            assertEquals(0, insert(table, IpProtocol.TCP, capacity, 1));
            for (int i = 0; i < capacity; i += 250) {
                final long flow = table.find(forward(IpProtocol.TCP, i));
                table.track(flow, false, fin(), 2);
                assertEquals(FlowState.FIN_WAIT, Flow.state(flow));
                assertNotEquals(0, insert(table, IpProtocol.TCP, capacity + 1 + i, 2));
                establish(table.find(forward(IpProtocol.TCP, capacity + 1 + i)));
                assertEquals(0, table.find(forward(IpProtocol.TCP, i)));
            }
            assertEquals(4, table.evictedUnreplied());
            assertEquals(1, table.refused());
        }
    }

    /** Those that are noted for a look a quarter of an hour later. */
    @Test
    void longConnectionsEndInTime() {
        final int count = 1000;
        try (FlowMemory memory = FlowMemory.anonymous(count)) {
            final FlowTable table = table(memory, 0);
            fill(table);
            assertEquals(0, table.expire(200, count));
            table.track(table.find(forward(IpProtocol.TCP, 500)), false, fin(), 200);
            assertEquals(0, table.expire(319, count));
            assertEquals(1, table.expire(320, count));
            assertEquals(List.of(1524), ended);
        }
    }

    private static Packet fin() {
        final byte[] bytes = Packets.tcp("10.0.0.1", "10.96.0.1", 0).flags(PacketBuilder.FIN | PacketBuilder.ACK)
                .bytes();
        final long at = Arena.global().allocate(bytes.length, 8).address();
        Memory.putBytes(at, bytes);
        final Packet p = new Packet();
        assertNull(PacketParser.parse(p, at, bytes.length, true));
        return p;
    }

    private static void fill(FlowTable table) {
        for (int i = 0; i < table.capacity(); i++) {
            establish(insert(table, IpProtocol.TCP, i, 0));
        }
    }

    private static void establish(long flow) {
        Memory.putByte(flow + Flow.STATE, FlowState.ESTABLISHED);
    }

    /** The half that the answers pass lives as long as the client's shard tells of the flow. */
    @Test
    void aHalfIsKeptByWhatIsTold() {
        try (FlowMemory one = FlowMemory.anonymous(16); FlowMemory two = FlowMemory.anonymous(16)) {
            final FlowTable clients = table(one, 0);
            final FlowTable answers = table(two, 0);
            final long flow = insert(clients, IpProtocol.UDP, 1, 0);
            clients.setAnsweredElsewhere(flow);
            final Packet p = new Packet();
            p.protocol = IpProtocol.UDP;
            for (int nowS = 0; nowS < 300; nowS += 20) {
                clients.track(flow, false, p, nowS);
                assertTrue(answers.adopt(flow, nowS));
                answers.expire(nowS, 100);
                assertEquals(1, answers.size());
            }
            // What was told long ago does not keep it.
            assertTrue(answers.adopt(flow, 400));
            answers.expire(280 + STREAM_S + Flow.TOLD_S, 100);
            assertEquals(0, answers.size());
        }
    }

    @Test
    void aHalfOfANewConnectionOfTheSamePortsBeginsAnew() {
        try (FlowMemory one = FlowMemory.anonymous(16); FlowMemory two = FlowMemory.anonymous(16)) {
            final FlowTable clients = table(one, 0);
            final FlowTable answers = table(two, 0);
            final long flow = insert(clients, IpProtocol.TCP, 1, 0);
            clients.setAnsweredElsewhere(flow);
            answers.adopt(flow, 0);
            final long half = answers.find(reply(IpProtocol.TCP, 1)) & ~1L;
            Memory.putByte(half + Flow.STATE, FlowState.SYN_RECV);
            establish(flow);
            answers.adopt(flow, 1);
            assertEquals(FlowState.ESTABLISHED, Flow.state(half));
            Memory.putByte(half + Flow.STATE, FlowState.FIN_WAIT);
            answers.adopt(flow, 2);
            assertEquals(FlowState.FIN_WAIT, Flow.state(half), "what it knows better");
            Memory.putByte(flow + Flow.STATE, FlowState.SYN_SENT);
            answers.adopt(flow, 3);
            assertEquals(FlowState.SYN_SENT, Flow.state(answers.find(reply(IpProtocol.TCP, 1)) & ~1L));
            assertEquals(1, answers.size());
        }
    }

    /** Pings and UDP that have moved away and back, to what has come to the same address, count for that. */
    @Test
    void aHalfOfAnotherBackendBeginsAnew() {
        try (FlowMemory one = FlowMemory.anonymous(16); FlowMemory two = FlowMemory.anonymous(16)) {
            final FlowTable clients = table(one, 0);
            final FlowTable answers = table(two, 0);
            final long flow = insert(clients, IpProtocol.UDP, 1, 0);
            clients.setAnsweredElsewhere(flow);
            answers.adopt(flow, 0);
            clients.remove(flow);
            ended.clear();
            final long moved = clients.insert(forward(IpProtocol.UDP, 1), reply(IpProtocol.UDP, 1), 2 << 24, 4, 1);
            clients.setAnsweredElsewhere(moved);
            answers.adopt(moved, 1);
            final long half = answers.find(reply(IpProtocol.UDP, 1)) & ~1L;
            assertEquals(2 << 24, Flow.backend(half));
            assertEquals(4, Flow.service(half));
            assertEquals(List.of(1025), ended, "the other one's counts are settled");
            assertEquals(1, answers.size());
        }
    }

    /** The half that is forgotten tells the other, which ends as well: whichever it is, in whatever state. */
    @Test
    void theOtherHalfEndsByWhatIsTold() {
        try (FlowMemory one = FlowMemory.anonymous(16); FlowMemory two = FlowMemory.anonymous(16)) {
            final FlowTable clients = table(one, 0);
            final FlowTable answers = table(two, 0);
            for (int i = 1; i <= 2; i++) {
                final long flow = insert(clients, IpProtocol.TCP, i, 0);
                clients.setAnsweredElsewhere(flow);
                answers.adopt(flow, 0);
            }
            final long half = answers.find(reply(IpProtocol.TCP, 1)) & ~1L;
            Flow.setForgotten(half, true);
            assertTrue(clients.adopt(half, 1));
            assertEquals(1, clients.size());
            assertEquals(0, clients.find(forward(IpProtocol.TCP, 1)));
            final long other = clients.find(forward(IpProtocol.TCP, 2));
            Flow.setForgotten(other, true);
            assertTrue(answers.adopt(other, 1));
            assertEquals(1, answers.size());
            assertEquals(0, answers.find(reply(IpProtocol.TCP, 2)));
            assertTrue(answers.adopt(other, 2), "nor does it begin anew");
            assertEquals(1, answers.size());
        }
    }

    /** What is over is not begun anew by what is told of it, and a connection does not hear of another before it. */
    @Test
    void lateNews() {
        try (FlowMemory one = FlowMemory.anonymous(16); FlowMemory two = FlowMemory.anonymous(16)) {
            final FlowTable clients = table(one, 0);
            final FlowTable answers = table(two, 0);
            final long first = insert(clients, IpProtocol.TCP, 1, 0);
            clients.setAnsweredElsewhere(first);
            answers.adopt(first, 0);
            final long half = answers.find(reply(IpProtocol.TCP, 1)) & ~1L;
            Memory.putByte(half + Flow.STATE, FlowState.CLOSE);
            clients.remove(first);
            assertTrue(clients.adopt(half, 5));
            assertEquals(0, clients.size());
            final long second = insert(clients, IpProtocol.TCP, 1, 5);
            clients.setAnsweredElsewhere(second);
            establish(second);
            clients.adopt(half, 5);
            assertEquals(FlowState.ESTABLISHED, Flow.state(second));
            Memory.putByte(second + Flow.STATE, FlowState.TIME_WAIT);
            answers.remove(half);
            assertTrue(answers.adopt(second, 6));
            assertEquals(0, answers.size());
        }
    }

    /** A state is taken over if it comes later in a flow's life, and with it when the flow was seen. */
    @Test
    void halvesMeetWhereOneHasGot() {
        final int[] lives = {FlowState.SYN_SENT2, FlowState.SYN_RECV, FlowState.ESTABLISHED, FlowState.FIN_WAIT,
            FlowState.CLOSE_WAIT, FlowState.LAST_ACK, FlowState.TIME_WAIT, FlowState.CLOSE};
        for (int here = 0; here < lives.length; here++) {
            for (int there = 0; there < lives.length; there++) {
                try (FlowMemory one = FlowMemory.anonymous(16); FlowMemory two = FlowMemory.anonymous(16)) {
                    final FlowTable clients = table(one, 0);
                    final FlowTable answers = table(two, 0);
                    final long flow = insert(clients, IpProtocol.TCP, 1, 0);
                    clients.setAnsweredElsewhere(flow);
                    answers.adopt(flow, 0);
                    final long half = answers.find(reply(IpProtocol.TCP, 1)) & ~1L;
                    Memory.putByte(flow + Flow.STATE, lives[here]);
                    Memory.putByte(half + Flow.STATE, lives[there]);
                    Memory.putInt(half + Flow.LAST_SEEN, 7);
                    clients.adopt(half, 9);
                    assertEquals(lives[Math.max(here, there)], Flow.state(flow), here + " " + there);
                    assertEquals(7, Flow.lastSeenS(flow));
                    Memory.putInt(half + Flow.LAST_SEEN, 6);
                    clients.adopt(half, 9);
                    assertEquals(7, Flow.lastSeenS(flow));
                }
            }
        }
    }

    /** A stream is one that has gone on for two seconds, whoever speaks (nf_conntrack_proto_udp). */
    @Test
    void udpStreams() {
        try (FlowMemory memory = FlowMemory.anonymous(16)) {
            final FlowTable table = table(memory, 0);
            final Packet p = new Packet();
            p.protocol = IpProtocol.UDP;
            final long flow = insert(table, IpProtocol.UDP, 1, 0);
            table.track(flow, false, p, 5);
            assertEquals(FlowState.UNREPLIED, Flow.state(flow));
            table.track(flow, true, p, 6);
            assertEquals(FlowState.STREAM, Flow.state(flow));
            final long quick = insert(table, IpProtocol.UDP, 2, 10);
            table.track(quick, true, p, 10);
            assertEquals(FlowState.REPLIED, Flow.state(quick));
            table.track(quick, false, p, 13);
            assertEquals(FlowState.STREAM, Flow.state(quick));
            final long half = insert(table, IpProtocol.UDP, 3, 20);
            table.setAnsweredElsewhere(half);
            table.track(half, false, p, 20);
            assertEquals(FlowState.REPLIED, Flow.state(half), "answers are taken for granted");
            table.track(half, false, p, 23);
            assertEquals(FlowState.STREAM, Flow.state(half));
        }
    }
}
