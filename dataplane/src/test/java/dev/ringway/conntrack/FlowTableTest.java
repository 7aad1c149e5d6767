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

class FlowTableTest {
    private static final int UDP_S = 30;

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

    @Test
    void aMillionFlowsInLessThan160BytesEach() {
        final int count = 1_000_000;
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
        assertTrue(Flow.LENGTH + (double) FlowIndex.bytes(count) / count < 160);
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

    @Test
    void theNextProcessFindsThem(@TempDir Path directory) throws IOException {
        final Path file = directory.resolve("flows");
        try (FlowMemory memory = FlowMemory.open(file, 64)) {
            final FlowTable table = table(memory, 10);
            for (int i = 0; i < 10; i++) {
                insert(table, IpProtocol.TCP, i, 10);
            }
            table.remove(table.find(forward(IpProtocol.TCP, 4)));
        }
        try (FlowMemory memory = FlowMemory.open(file, 64)) {
            final FlowTable table = table(memory, 20);
            assertEquals(9, table.size());
            for (int i = 0; i < 10; i++) {
                assertEquals(i != 4, table.find(reply(IpProtocol.TCP, i)) != 0);
            }
            assertEquals(Flow.RECOVERED, Flow.backend(table.find(forward(IpProtocol.TCP, 5))));
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
            assertEquals(1, backend.expire(UDP_S + 1, 64));
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
            for (int nowS = 0; nowS < 300; nowS += 20) {
                assertTrue(answers.adopt(flow, nowS));
                answers.expire(nowS, 100);
                assertEquals(1, answers.size());
            }
            answers.expire(300 + UDP_S, 100);
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

    /** The half that hears that the backend is gone tells the other, which ends as well. */
    @Test
    void theOtherHalfEndsByWhatIsTold() {
        try (FlowMemory one = FlowMemory.anonymous(16); FlowMemory two = FlowMemory.anonymous(16)) {
            final FlowTable clients = table(one, 0);
            final FlowTable answers = table(two, 0);
            final long flow = insert(clients, IpProtocol.TCP, 1, 0);
            clients.setAnsweredElsewhere(flow);
            insert(clients, IpProtocol.TCP, 2, 0);
            answers.adopt(flow, 0);
            assertTrue(clients.adopt(answers.find(reply(IpProtocol.TCP, 1)) & ~1L, 1));
            assertEquals(1, clients.size());
            assertEquals(0, clients.find(forward(IpProtocol.TCP, 1)));
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
