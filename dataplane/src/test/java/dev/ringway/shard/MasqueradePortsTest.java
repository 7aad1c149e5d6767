package dev.ringway.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowMemory;
import dev.ringway.conntrack.FlowState;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.wire.IpProtocol;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MasqueradePortsTest {
    private static final int ALL = 65_536 - 1024;

    private final FlowMemory memory = FlowMemory.anonymous(ALL);
    private final FlowTable flows = new FlowTable(memory, flow -> { }, 0);
    private final Arena arena = Arena.ofConfined();
    private final Packet reset = new Packet();

    @BeforeEach
    void make() {
        final byte[] bytes = Packets.tcp("10.0.0.1", "10.0.0.2", 0).flags(PacketBuilder.RST).bytes();
        final MemorySegment memoryOfIt = arena.allocate(bytes.length, 8);
        MemorySegment.copy(bytes, 0, memoryOfIt, ValueLayout.JAVA_BYTE, 0, bytes.length);
        assertNull(PacketParser.parse(reset, memoryOfIt.address(), bytes.length, false));
    }

    @AfterEach
    void close() {
        arena.close();
        memory.close();
    }

    /** What a backend answers to the node's service address at a port. */
    private static FlowKey answer(int port) {
        final FlowKey key = new FlowKey();
        key.version = 4;
        key.protocol = IpProtocol.TCP;
        key.sourceHi = 0x0A_F4_01_0BL << 32;
        key.sourcePort = 8080;
        key.destinationHi = 0x0A_F4_01_00L << 32;
        key.destinationPort = port;
        return key;
    }

    private long take(int port) {
        final FlowKey client = answer(0);
        client.destinationHi = 0x0A_60_00_0AL << 32;
        client.sourcePort = port;
        client.destinationPort = 80;
        return flows.insert(client, answer(port), 0, -1, 0);
    }

    /** Port by port down to the last: when all are taken there is none, and then those of connections that are over. */
    @Test
    void closedConnectionsGiveWayWhenNothingElseIsLeft() {
        final MasqueradePorts ports = new MasqueradePorts(flows, 0, 1, new XorShift(7));
        for (int port = 1024; port < 65_536; port++) {
            assertTrue(take(port) != 0);
        }
        assertFalse(ports.pick(answer(0)));
        for (int i = 0; i < ALL; i++) {
            end(flows.entry(i));
        }
        final FlowKey found = answer(0);
        assertTrue(ports.pick(found));
        assertEquals(ALL - 1, flows.size());
        assertEquals(0, flows.find(found));
    }

    /** By a reset of the client's. */
    private void end(long flow) {
        flows.track(flow, false, reset, 0);
        assertEquals(FlowState.CLOSE, Flow.state(flow));
    }

    /** Two shards that know nothing of each other never take the same port. */
    @Test
    void shardsHavePortsOfTheirOwn() {
        final Set<Integer> first = picked(0);
        final Set<Integer> second = picked(1);
        assertTrue(first.size() > 500 && second.size() > 500);
        first.retainAll(second);
        assertEquals(Set.of(), first);
    }

    private Set<Integer> picked(int shard) {
        final MasqueradePorts ports = new MasqueradePorts(flows, shard, 2, new XorShift(7));
        final Set<Integer> picked = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            final FlowKey key = answer(0);
            assertTrue(ports.pick(key));
            assertTrue(key.destinationPort >= 1024 && key.destinationPort < 65_536);
            picked.add(key.destinationPort);
        }
        return picked;
    }
}
