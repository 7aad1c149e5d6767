package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_SMALL;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A GRO train's datagrams, which may be like their predecessors or differ in any bit of their headers, must come to
 * the same as if each had come alone, where nothing is known of a predecessor.
 */
class SameFlowTest {
    private static final int TRAINS = 15_000;
    private static final int HEADERS = 64;

    @ParameterizedTest
    @CsvSource({"vxlan, 4", "vxlan, 6", "gre, 4", "gre, 6", "keyed gre, 4"})
    void trainsComeToTheSameAsDatagrams(String tunnel, int version) {
        final PathRig.Setup setup = switch (tunnel) {
            case "gre" -> PathRig.Setup.DEFAULT.tunnel(PathRig.GRE);
            case "keyed gre" -> PathRig.Setup.DEFAULT.tunnel(PathRig.KEYED_GRE);
            default -> PathRig.Setup.DEFAULT;
        };
        final SplittableRandom random = new SplittableRandom(tunnel.hashCode() + version);
        try (PathRig together = new PathRig(setup); PathRig alone = new PathRig(setup)) {
            int joined = 0;
            for (int i = 0; i < TRAINS; i++) {
                final List<byte[]> datagrams = train(random, setup, version);
                final int tos = random.nextInt(4) == 0 ? random.nextInt(4) : 0;
                together.fromNode(2, tos, datagrams.getFirst().length, Bytes.concat(datagrams.toArray(new byte[0][])));
                datagrams.forEach(one -> alone.fromNode(2, tos, one.length, one));
                final List<Sent> sent = together.run();
                assertEquals(forwarded(alone.run()), forwarded(sent), () -> "of " + datagrams.size() + " datagrams");
                joined += sent.size() == 1 ? 1 : 0;
            }
            assertEquals(alone.drops(), together.drops());
            assertEquals(0, together.drops(DropReason.INTERNAL));
            assertTrue(joined > TRAINS / 10 && joined < TRAINS, joined + " trains became one write");
        }
    }

    /** Two to six datagrams of equal length, some with a bit of the headers flipped. */
    private static List<byte[]> train(SplittableRandom random, PathRig.Setup setup, int version) {
        final int pod = random.nextInt(8) == 0 ? POD_SMALL : POD_A;
        final String source = version == 4 ? pod4(2, POD_A) : pod6(2, POD_A);
        final String destination = version == 4 ? pod4(1, pod) : pod6(1, pod);
        final boolean tcp = random.nextBoolean();
        final int length = random.nextInt(1, 1370);
        final List<byte[]> datagrams = new ArrayList<>();
        final int count = random.nextInt(2, 7);
        for (int i = 0; i < count; i++) {
            final PacketBuilder packet = tcp ? Packets.tcp(source, destination, length).sequence(i * length)
                    : Packets.udp(source, destination, length);
            final byte[] datagram = setup.tunnel() == PathRig.VXLAN ? Tunnels.vxlan(mac(1), mac(2), packet.bytes())
                    : setup.tunnel() == PathRig.GRE ? Tunnels.gre(packet.bytes())
                    : Tunnels.gre(0xCAFE_0001, packet.bytes());
            if (random.nextInt(4) == 0) {
                final int tunnel = datagram.length - packet.bytes().length;
                flip(random, datagram, tunnel);
            }
            datagrams.add(datagram);
        }
        return datagrams;
    }

    private static void flip(SplittableRandom random, byte[] datagram, int tunnel) {
        final int at = random.nextInt(Math.min(datagram.length, tunnel + HEADERS));
        datagram[at] ^= (byte) (1 << random.nextInt(8));
        if (datagram[tunnel] == 0x45 && random.nextBoolean()) {
            datagram[tunnel + 10] = 0;
            datagram[tunnel + 11] = 0;
            final int sum = ~InternetChecksum.fold(InternetChecksum.sum(
                    Arrays.copyOfRange(datagram, tunnel, tunnel + 20)));
            datagram[tunnel + 10] = (byte) (sum >> 8);
            datagram[tunnel + 11] = (byte) sum;
        }
    }

    /** Without the answers, which are limited by time. */
    private static List<String> forwarded(List<Sent> sent) {
        return sent.stream().filter(one -> !one.isTunnel()).map(Sent::toString).toList();
    }
}
