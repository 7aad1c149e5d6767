package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.gateway6;
import static dev.ringway.shard.Topology.pod4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The node tests the way through the switch by a connection to the network address of its own range. */
class ProbePathTest {
    @ParameterizedTest
    @CsvSource({"10.244.1.0, 4", "fd00:244:1::, 6"})
    void theNodeIsRefused(String target, int version) {
        final byte[] syn = Packets.syn(version == 4 ? gateway4(1) : gateway6(1), target, 1410).bytes();
        try (PathRig rig = new PathRig(PathRig.Setup.DEFAULT)) {
            rig.fromPort(HOST, syn);
            final List<Sent> sent = rig.run();
            assertEquals(Map.of(DropReason.PROBE, 1L), rig.drops());
            assertEquals(1, sent.size());
            assertEquals(HOST, sent.getFirst().port());
            final PacketView reset = new PacketView(sent.getFirst().bytes());
            assertEquals(PacketBuilder.RST | PacketBuilder.ACK, reset.tcpFlags());
            assertEquals(1, rig.shard.stage().rounds().packets());
            assertTrue(rig.shard.stage().rounds().sumNs() > 0);
            assertEquals(1, IntStream.range(0, RoundTimes.BUCKETS)
                    .mapToLong(rig.shard.stage().rounds()::rounds).sum());
        }
    }

    @Test
    void nobodyElseIs() {
        try (PathRig rig = new PathRig(PathRig.Setup.DEFAULT)) {
            rig.fromPort(POD_A, Packets.syn(pod4(1, POD_A), "10.244.1.0", 1410).bytes());
            rig.fromPort(HOST, Packets.syn(gateway4(1), "10.244.1.2", 1410).bytes());
            rig.fromPort(HOST, Packets.syn(gateway4(1), "10.244.77.0", 1410).bytes());
            rig.fromPort(HOST, Packets.udp(gateway4(1), "10.244.1.0", 32).bytes());
            rig.run();
            assertEquals(Map.of(DropReason.UNREACHABLE, 4L), rig.drops());
        }
    }
}
