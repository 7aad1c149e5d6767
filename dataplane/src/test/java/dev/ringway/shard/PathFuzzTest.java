package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_JUMBO;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.DropReason;
import dev.ringway.packet.RxSlot;
import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceTable;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Received;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A million broken packets from pods, from the node and from other nodes: good ones with bits flipped, cut, stretched,
 * spliced, with headers that lie, and plain noise. Nothing may throw, nothing may vanish uncounted or count twice, no
 * buffer may stay lent, and no byte behind a packet may have a say in what happens to it.
 */
class PathFuzzTest {
    private static final int PACKETS = 1_000_000;
    private static final int IN_STEP = 100_000;
    private static final int VXLAN = 22;
    /** How many bytes may be headers: IP with some options or extensions, and TCP. */
    private static final int HEADERS = 80;

    /** What broken packets must have met, or the fuzz does not reach deep. */
    private static final Set<DropReason> MET = EnumSet.of(DropReason.MALFORMED_IP, DropReason.MALFORMED_OFFLOAD,
            DropReason.BAD_IP_CHECKSUM, DropReason.SOURCE_ROUTE, DropReason.ROUTING_HEADER_0,
            DropReason.MARTIAN_SOURCE, DropReason.MARTIAN_DESTINATION, DropReason.LINK_SCOPE,
            DropReason.SPOOFED_SOURCE, DropReason.TTL_EXPIRED, DropReason.TOO_BIG, DropReason.UNREACHABLE,
            DropReason.MALFORMED_TUNNEL, DropReason.VXLAN_FLAGS, DropReason.UNKNOWN_VNI, DropReason.INNER_TYPE,
            DropReason.INNER_MAC, DropReason.NOT_LOCAL, DropReason.ECN_CONGESTED);

    /** And those on their way to and from Services. */
    private static final Set<DropReason> MET_BY_SERVICES = EnumSet.of(DropReason.SERVICE_NO_FLOW,
            DropReason.SERVICE_REFUSED, DropReason.SERVICE_NO_LOCAL, DropReason.FLOW_INVALID,
            DropReason.FLOW_TABLE_FULL, DropReason.FRAGMENT_UNKNOWN, DropReason.TTL_EXPIRED, DropReason.MALFORMED_IP);
    private static final int SERVICE_FLOWS = 400;

    private static final List<Received> GOOD = new Traffic(2).take(4000);

    /** Makes broken packets out of good ones. */
    private static final class Breaker {
        private final SplittableRandom random;
        private final List<Received> all;

        Breaker(long seed) {
            this(seed, GOOD);
        }

        Breaker(long seed, List<Received> all) {
            random = new SplittableRandom(seed);
            this.all = all;
        }

        Received next() {
            Received good = all.get(random.nextInt(all.size()));
            while (good.bytes().length > 3000 && random.nextInt(50) > 0) {
                // Big payloads are in the way of speed and have little to break.
                good = all.get(random.nextInt(all.size()));
            }
            if (good.port() == RxSlot.UNDERLAY) {
                return train(good);
            }
            final byte[] header = random.nextInt(4) == 0 ? flipped(good.header(), 0) : good.header();
            final byte[] packet = random.nextInt(20) == 0 ? noise(random.nextInt(1, 200)) : broken(good.bytes(), 0);
            final int port = random.nextInt(10) == 0 ? random.nextInt(HOST, POD_JUMBO + 1) : good.port();
            return Received.superPacket(port, header, packet);
        }

        /** One datagram of a train, or the train with a segment size that may not fit it. */
        private Received train(Received good) {
            byte[] bytes = good.bytes();
            int segment = good.segmentSize();
            switch (random.nextInt(12)) {
                case 0 -> segment = random.nextInt(1, bytes.length + 1);
                case 1 -> bytes = Tunnels.vxlan(mac(1), mac(random.nextInt(4)), noise(random.nextInt(1, 100)));
                default -> bytes = Arrays.copyOf(bytes, Math.min(bytes.length, segment));
            }
            bytes = broken(bytes, random.nextInt(4) == 0 ? 0 : VXLAN);
            // A kernel delivers at most 64 datagrams in a train.
            segment = Math.max(segment, (bytes.length + 63) / 64);
            return Received.train(good.sourceHi(), good.sourceLo(), random.nextInt(256),
                    Math.min(segment, bytes.length), bytes);
        }

        /** Breaks the headers from an offset on, or the length; then half of the time makes the IP header plausible. */
        private byte[] broken(byte[] good, int from) {
            final byte[] bytes = switch (random.nextInt(7)) {
                case 0 -> good.clone();
                case 1 -> flipped(good, from);
                case 2 -> Arrays.copyOf(flipped(good, from), random.nextInt(1, good.length + 1));
                case 3 -> Arrays.copyOf(good, Math.min(65_535, good.length + random.nextInt(1, 100)));
                case 4 -> overwritten(good, from);
                case 5 -> withOptions(good, from);
                default -> flipped(overwritten(good, from), from);
            };
            if (random.nextBoolean() && bytes.length >= from + 40) {
                repair(ByteBuffer.wrap(bytes, from, bytes.length - from).slice());
            }
            return bytes;
        }

        private static void repair(ByteBuffer ip) {
            if (ip.get(0) >> 4 != 4) {
                ip.putShort(4, (short) (ip.capacity() - 40));
                return;
            }
            final byte[] header = new byte[Math.min(ip.capacity(), (ip.get(0) & 15) * 4)];
            ip.putShort(2, (short) ip.capacity()).putShort(10, (short) 0).get(0, header);
            ip.putShort(10, (short) ~InternetChecksum.fold(InternetChecksum.sum(header)));
        }

        /** Flips one to four bits of the headers. */
        private byte[] flipped(byte[] good, int from) {
            final byte[] bytes = good.clone();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                bytes[place(bytes, from)] ^= (byte) (1 << random.nextInt(8));
            }
            return bytes;
        }

        private int place(byte[] bytes, int from) {
            return bytes.length <= from ? bytes.length - 1
                    : random.nextInt(from, Math.min(bytes.length, from + HEADERS));
        }

        /** Puts values at the edges of their range where lengths and types are. */
        private byte[] overwritten(byte[] good, int from) {
            final byte[] bytes = good.clone();
            final int[] values = {0, 1, 0x7F, 0x80, 0xFF, 4, 5, 6, 17, 43, 44, 60, 255};
            bytes[place(bytes, from)] = (byte) values[random.nextInt(values.length)];
            return bytes;
        }

        /** Takes what follows the IPv4 header for options of it, some of them real ones. */
        private byte[] withOptions(byte[] good, int from) {
            final byte[] bytes = good.clone();
            if (bytes.length > from + 60) {
                bytes[from] = (byte) (0x40 | random.nextInt(6, 16));
                final int[] options = {0, 1, 7, 68, 131, 137, 148};
                bytes[from + 20] = (byte) options[random.nextInt(options.length)];
                bytes[from + 21] = (byte) random.nextInt(12);
            }
            return bytes;
        }

        private byte[] noise(int length) {
            final byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                bytes[0] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
            }
            return bytes;
        }
    }

    /** One packet at a time, so that each can be followed to its end. */
    @Test
    void everyPacketHasOneEnd() {
        final Breaker breaker = new Breaker(3);
        try (PathRig rig = new PathRig()) {
            for (int i = 0; i < PACKETS; i++) {
                final Received in = breaker.next();
                final long dropsBefore = total(rig);
                final long fullBefore = rig.drops(DropReason.TRANSMIT_FULL);
                rig.inbox.add(in);
                final List<Sent> out = rig.run();
                final long full = rig.drops(DropReason.TRANSMIT_FULL) - fullBefore;
                final long drops = total(rig) - dropsBefore - full;
                final int count = in.port() == RxSlot.UNDERLAY
                        ? (in.bytes().length + in.segmentSize() - 1) / in.segmentSize() : 1;
                if (drops > count || drops == 0 && out.isEmpty() && full == 0
                        || count == 1 && drops == 1 && out.size() > 1 || rig.lentBuffers() != 0) {
                    throw new AssertionError("packet " + i + " has " + drops + " drops, " + out.size() + " sends, "
                            + rig.lentBuffers() + " buffers left: " + in + " became " + out);
                }
                if (in.port() == RxSlot.UNDERLAY) {
                    assertAccounted(in, out, drops, full, count);
                }
            }
            assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
            assertTrue(rig.drops().keySet().containsAll(MET), rig.drops().toString());
            assertTrue(rig.topology.port(POD_A).counters(0).txPackets() > PACKETS / 100);
        }
    }

    /** Each datagram of a train is written, a fragment or part of a write, or dropped. */
    private static void assertAccounted(Received in, List<Sent> out, long drops, long full, int count) {
        final int written = out.stream().mapToInt(Sent::segments).sum();
        assertTrue(written + drops + full >= count, () -> "lost of " + in + ": " + out);
    }

    private static long total(PathRig rig) {
        return rig.shard.ioDrops().total() + rig.shard.switchDrops().total();
    }

    /** In full batches, over all encapsulations: nothing throws, all buffers come back. */
    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "gre", "keyed gre", "without gso", "ipv6 underlay"})
    void inBatches(String what) {
        final PathRig.Setup setup = switch (what) {
            case "gre" -> PathRig.Setup.DEFAULT.tunnel(PathRig.GRE);
            case "keyed gre" -> PathRig.Setup.DEFAULT.tunnel(PathRig.KEYED_GRE);
            case "without gso" -> PathRig.Setup.DEFAULT.withoutGso();
            case "ipv6 underlay" -> PathRig.Setup.DEFAULT.underlay(6);
            default -> PathRig.Setup.DEFAULT;
        };
        final Breaker breaker = new Breaker(what.hashCode());
        try (PathRig rig = new PathRig(setup)) {
            for (int i = 0; i < IN_STEP; i++) {
                final Received in = breaker.next();
                if (in.port() == RxSlot.UNDERLAY) {
                    // Traffic is VXLAN over IPv4; other encapsulations get it as noise from a node they know.
                    rig.fromNode(2 + (i & 1), in.tos(), in.segmentSize(), in.bytes());
                } else {
                    rig.inbox.add(in);
                }
                if (i % 100 == 99) {
                    rig.run();
                }
            }
            rig.run();
            assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
            assertEquals(0, rig.lentBuffers());
        }
    }

    /**
     * The same with Services at addresses that the traffic goes to, whose backends come and go, while time passes: a
     * million packets that make flows, answer them, break them and end them, every other one whole. A full table, dead
     * backends and fragments that wait are among what they meet; when all time-outs have passed nothing is left.
     */
    @Test
    void throughServicesThatChange() {
        final List<Received> whole = new ServiceTraffic(6).take(10_000);
        final List<Received> good = new ArrayList<>(whole);
        good.addAll(GOOD);
        final Breaker breaker = new Breaker(5, good);
        final AtomicLong nowNs = new AtomicLong(1_000_000_000_000L);
        final FlowSettings flows = new FlowSettings(SERVICE_FLOWS, null, 3, 2, false);
        try (PathRig rig = new PathRig(PathRig.Setup.DEFAULT, flows, nowNs::get)) {
            for (int i = 0; i < PACKETS; i++) {
                if (i % 2000 == 0) {
                    rig.topology.services(services(i / 2000));
                    rig.publish();
                    nowNs.addAndGet(1_000_000_000L);
                }
                if (i % (PACKETS / 4) == PACKETS / 10) {
                    fill(rig, 10_000 + i / 100);
                }
                rig.inbox.add(i % 2 == 0 ? whole.get(i / 2 % whole.size()) : breaker.next());
                if (i % 50 == 49) {
                    rig.run();
                }
            }
            rig.run();
            final Throwable failure = rig.shard.stage().takeFailure();
            if (failure != null) {
                throw new AssertionError("the switch threw", failure);
            }
            assertTrue(rig.shard.serviceCounters().ofService(1, ServiceCounters.FLOWS) > 1000);
            assertTrue(rig.shard.serviceCounters().ofService(900, ServiceCounters.FLOWS) > 1000);
            assertTrue(rig.drops().keySet().containsAll(MET_BY_SERVICES), rig.drops().toString());
            assertTrue(rig.shard.flows().evictedUnreplied() > 0);
            assertTrue(rig.shard.flows().evictedIdle() > 0);
            nowNs.addAndGet(100_000L * 1_000_000_000L);
            while (rig.shard.flows().expire((int) (nowNs.get() / 1_000_000_000L), 1000) > 0) {
                assertEquals(0, rig.drops(DropReason.INTERNAL));
            }
            assertEquals(0, rig.shard.flows().size());
            assertEquals(0, rig.lentBuffers());
        }
    }

    /** Also where pods' traffic of all sizes goes: round by round other backends, and now and then none. */
    private static ServiceTable services(int round) {
        ServiceTable table = ServiceTraffic.services(round);
        for (int node = 1; node <= 3; node++) {
            for (int kind = 0; kind < 4; kind++) {
                final boolean six = kind > 1;
                final TestService service = new TestService(six ? pod6(node, POD_A) : pod4(node, POD_A),
                        kind % 2 == 0 ? 80 : 53).named(900, "test/traffic");
                if (kind % 2 == 1) {
                    service.udp();
                }
                for (int i = 0; i < (round + node + kind) % 4; i++) {
                    final int at = (round + i) % 3 + 1;
                    service.first(1000 + 10 * node + 100 * kind + at)
                            .backend(six ? pod6(at, POD_B) : pod4(at, POD_B), 8080, at == 1);
                }
                table = service.addTo(table);
            }
        }
        return table;
    }

    /** Open connections take all the room there is. */
    private static void fill(PathRig rig, int firstPort) {
        rig.topology.services(new TestService("10.96.0.99", 80).backend(pod4(1, POD_B), 80, true)
                .named(999, "test/full").addTo(ServiceTraffic.services(0)));
        rig.publish();
        for (int port = firstPort; port < firstPort + SERVICE_FLOWS; port++) {
            rig.fromPort(POD_A, Packets.syn(pod4(1, POD_A), "10.96.0.99", 1400).ports(port, 80).bytes());
            rig.fromPort(POD_B, Packets.tcp(pod4(1, POD_B), pod4(1, POD_A), 0).ports(80, port)
                    .flags(PacketBuilder.SYN | PacketBuilder.ACK).bytes());
            rig.fromPort(POD_A, Packets.tcp(pod4(1, POD_A), "10.96.0.99", 0).ports(port, 80).bytes());
            rig.run();
        }
    }

    /** Two nodes see the same packets with other bytes behind them: they must do the same. */
    @Test
    void bytesBehindAPacketDoNotMatter() {
        final Breaker one = new Breaker(4);
        final Breaker two = new Breaker(4);
        try (PathRig rigOne = new PathRig(); PathRig rigTwo = new PathRig()) {
            rigTwo.inbox.fillBehind((byte) 0x06);
            for (int i = 0; i < IN_STEP; i++) {
                final Received in = one.next();
                rigOne.inbox.add(in);
                rigTwo.inbox.add(two.next());
                final List<String> first = forwarded(rigOne.run());
                final List<String> second = forwarded(rigTwo.run());
                assertEquals(first, second, () -> "of " + in);
            }
            assertEquals(rigOne.drops(), rigTwo.drops());
        }
    }

    /** Without the answers, which are limited by time. */
    private static List<String> forwarded(List<Sent> sent) {
        return sent.stream().filter(one -> !isAnswer(one.isTunnel() ? Inspect.inner(List.of(one)).getFirst()
                : one.bytes())).map(Sent::toString).toList();
    }

    private static boolean isAnswer(byte[] packet) {
        final boolean four = packet[0] >> 4 == 4;
        final int from = four ? 12 : 8;
        return (four ? packet[9] == PacketBuilder.ICMP : packet[6] == PacketBuilder.ICMPV6)
                && packet[from] == (four ? 10 : (byte) 0xFD) && packet[from + (four ? 3 : 15)] == 1;
    }
}
