package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.InternetChecksum;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketBuilder.Checksum;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Seeded;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A packet that is changed in place must be what it would be, had it been written with its new ends: RFC 1624. */
class NatRewriterTest {
    private enum Kind { TCP, UDP, SCTP, ECHO }

    /** One end or both. */
    private record Ends(String source, int from, String destination, int to) {
        private byte[] packet(Kind kind, Checksum checksum, byte[] payload) {
            final boolean six = source.indexOf(':') >= 0;
            return (switch (kind) {
                case TCP -> PacketBuilder.of(source, destination).tcp(from, to).payload(payload).checksum(checksum);
                case UDP -> PacketBuilder.of(source, destination).udp(from, to).payload(payload).checksum(checksum);
                case SCTP -> Packets.sctp(source, destination, from, to, 0, 3);
                case ECHO -> PacketBuilder.of(source, destination).icmp(six ? 128 : 8, 0, from << 16 | 77)
                        .payload(payload).checksum(checksum);
            }).bytes();
        }
    }

    private static String rewritten(byte[] packet, boolean unfinished, Ends now) {
        try (GuardedMemory memory = GuardedMemory.of(packet)) {
            final Packet p = new Packet();
            assertNull(PacketParser.parse(p, memory.address(), packet.length, true));
            p.needsChecksum = unfinished;
            final IpAddress source = IpText.address(now.source);
            final IpAddress destination = IpText.address(now.destination);
            NatRewriter.source(p, source.hi(), source.lo(), now.from);
            NatRewriter.destination(p, destination.hi(), destination.lo(), now.to);
            assertEquals(source.hi(), p.sourceHi);
            assertEquals(destination.lo(), p.destinationLo);
            return Bytes.hex(memory.bytes());
        }
    }

    private static String address(SplittableRandom random, int length) {
        final byte[] bytes = Bytes.random(random, length);
        for (int i = 0; i < length; i += 2) {
            // Words of all zeros and all ones are where the older equations went wrong.
            if (random.nextInt(3) == 0) {
                Arrays.fill(bytes, i, i + 2, (byte) (random.nextBoolean() ? 0 : 0xFF));
            }
        }
        try {
            // Not one that Java takes for IPv4 within IPv6.
            bytes[0] = 0x20;
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static int port(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 0xFFFF;
            default -> random.nextInt(0x1_0000);
        };
    }

    private static Ends ends(SplittableRandom random, int length) {
        return new Ends(address(random, length), port(random), address(random, length), port(random));
    }

    /** Right checksums stay right, wrong ones wrong, those that are the device's to finish unfinished, none none. */
    @Test
    void likeNewlyWritten() {
        Seeded.rounds(20_000, random -> {
            final int length = random.nextBoolean() ? 4 : 16;
            final Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            final Ends before = ends(random, length);
            final Ends after = random.nextInt(10) == 0 ? before : ends(random, length);
            final boolean maybe = kind == Kind.TCP || kind == Kind.UDP;
            final Checksum checksum = switch (random.nextInt(6)) {
                case 0 -> maybe ? Checksum.PARTIAL : Checksum.VALID;
                case 1 -> kind == Kind.UDP ? Checksum.NONE : Checksum.VALID;
                default -> Checksum.VALID;
            };
            final byte[] payload = Bytes.random(random, random.nextInt(60));
            assertEquals(Bytes.hex(after.packet(kind, checksum, payload)),
                    rewritten(before.packet(kind, checksum, payload), checksum == Checksum.PARTIAL, after));
        });
    }

    /** A checksum that is wrong by one bit must not be made right on the way. */
    @Test
    void wrongStaysWrong() {
        Seeded.rounds(2000, random -> {
            final int length = random.nextBoolean() ? 4 : 16;
            final Kind kind = random.nextBoolean() ? Kind.TCP : Kind.UDP;
            final byte[] packet = ends(random, length).packet(kind, Checksum.WRONG, Bytes.pattern(20));
            final byte[] now = Bytes.hex(rewritten(packet, false, ends(random, length)));
            assertEquals("checksum of protocol " + (kind == Kind.TCP ? 6 : 17) + " is wrong",
                    new PacketView(now).refusal());
        });
    }

    /** UDP's sum that comes out as 0 is sent as 0xFFFF (RFC 768), before as well as after; TCP's stays 0. */
    @ParameterizedTest
    @CsvSource({"UDP, 4, true", "UDP, 4, false", "UDP, 16, true", "UDP, 16, false", "TCP, 4, true", "TCP, 4, false",
        "TCP, 16, true", "TCP, 16, false", "ECHO, 4, true", "ECHO, 16, true", "ECHO, 16, false"})
    void sumsOfZero(Kind kind, int length, boolean after) {
        Seeded.rounds(500, random -> {
            final Ends old = ends(random, length);
            final Ends now = ends(random, length);
            final byte[] payload = summingToZero(after ? now : old, kind);
            final byte[] wanted = now.packet(kind, Checksum.VALID, payload);
            final byte[] was = old.packet(kind, Checksum.VALID, payload);
            assertEquals(kind == Kind.UDP ? 0xFFFF : 0, checksum(kind, after ? wanted : was));
            assertEquals(Bytes.hex(wanted), rewritten(was, false, now));
        });
    }

    /** A payload by which the packet's checksum is 0. */
    private static byte[] summingToZero(Ends ends, Kind kind) {
        final byte[] payload = Bytes.pattern(20);
        ByteBuffer.wrap(payload).putShort(4, (short) 0);
        final int without = checksum(kind, ends.packet(kind, Checksum.VALID, payload));
        return ByteBuffer.wrap(payload).putShort(4, (short) without).array();
    }

    private static int checksum(Kind kind, byte[] packet) {
        final PacketView view = new PacketView(packet);
        return view.u16(view.l4() + (kind == Kind.TCP ? 16 : kind == Kind.UDP ? 6 : 2));
    }

    /** No checksum is no checksum, whatever the delta; over IPv6, too, where it should not have come. */
    @ParameterizedTest
    @ValueSource(ints = {4, 16})
    void noChecksum(int length) {
        Seeded.rounds(500, random -> {
            final byte[] packet = ends(random, length).packet(Kind.UDP, Checksum.NONE, Bytes.pattern(9));
            assertEquals(0, checksum(Kind.UDP, Bytes.hex(rewritten(packet, false, ends(random, length)))));
        });
    }

    /** The IPv4 header's, with options and all flags; what follows it is a later fragment that has no ports. */
    @Test
    void headersOfLaterFragments() {
        Seeded.rounds(2000, random -> {
            final Ends now = ends(random, 4);
            final Ends before = ends(random, 4);
            final byte[] data = Bytes.random(random, 40);
            final int id = random.nextInt(0x1_0000);
            final byte[] packet = fragment(before, data, id);
            final byte[] came = Bytes.hex(rewritten(packet, false, now));
            assertEquals(0, InternetChecksum.of(Arrays.copyOf(came, 24)));
            assertEquals(Bytes.hex(fragment(now, data, id)), Bytes.hex(came));
        });
    }

    private static byte[] fragment(Ends ends, byte[] data, int id) {
        return Packets.other(ends.source, ends.destination, PacketBuilder.UDP, data).options(1, 1, 1, 0).id(id)
                .fragment(PacketBuilder.MF | 100).bytes();
    }
}
