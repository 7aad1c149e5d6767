package dev.ringway.shard;

import static dev.ringway.shard.NaivePacket.ANSWER;
import static dev.ringway.shard.NaivePacket.ASK;
import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.shard.NaivePacket.End;
import dev.ringway.shard.NaivePacket.Protocol;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.Packets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * ICMP errors about translated packets, one of each kind: who gets one must find its own packet quoted, with all
 * checksums as if it had been written so. Wanted packets are made from scratch.
 */
class IcmpErrorTableTest {
    private static final int CLIENT_PORT = 4000;
    private static final int BACKEND_PORT = 8080;
    private static final int VIP_PORT = 80;

    private enum Source { PLAIN, MASQUERADED, HAIRPIN }

    /** Who complains, of the other's packet. */
    private enum Sender { BACKEND, CLIENT }

    private record Line(boolean six, Protocol protocol, Source source, Sender sender, boolean whole) {
        private boolean isPing() {
            return protocol == Protocol.PING;
        }

        private End vip() {
            return new End(six ? "fd00:96::10" : "10.96.0.10", isPing() ? 0 : VIP_PORT);
        }

        private End client() {
            final String address = source == Source.MASQUERADED ? six ? "2001:db8::7" : "192.0.2.7"
                    : six ? pod6(1, POD_A) : pod4(1, POD_A);
            return new End(address, CLIENT_PORT);
        }

        private int clientPlace() {
            return source == Source.MASQUERADED ? HOST : POD_A;
        }

        private End backend() {
            final boolean own = source == Source.HAIRPIN;
            final String address = six ? own ? pod6(1, POD_A) : pod6(2, POD_B) : own ? pod4(1, POD_A) : pod4(2, POD_B);
            return new End(address, isPing() ? 0 : BACKEND_PORT);
        }

        private int backendPlace() {
            return source == Source.HAIRPIN ? POD_A : -2;
        }

        private TestService service() {
            final TestService service = new TestService(vip().address(), VIP_PORT)
                    .backend(backend().address(), BACKEND_PORT, source == Source.HAIRPIN);
            return switch (protocol) {
                case UDP -> service.udp();
                case SCTP -> service.sctp();
                default -> service;
            };
        }

        private NaivePacket question() {
            return NaivePacket.of(protocol, client(), vip(), switch (protocol) {
                case TCP -> SYN;
                case SCTP -> 1;
                default -> ASK;
            }).with(isPing() || protocol == Protocol.UDP ? 101 : 0, 7);
        }

        private NaivePacket answer(End seen) {
            return NaivePacket.of(protocol, backend(), seen, switch (protocol) {
                case TCP -> SYN | ACK;
                case SCTP -> 2;
                default -> ANSWER;
            }).with(isPing() || protocol == Protocol.UDP ? 99 : 0, 8);
        }

        /** As much as RFC 792 asks for at least, or all of it. */
        private byte[] quote(byte[] packet) {
            return whole ? packet : Arrays.copyOf(packet, six ? 48 : 28);
        }

        private void check() {
            try (OracleNode node = new OracleNode(1, 1, false)) {
                node.services(service().table());
                final NaivePacket asked = question();
                final byte[] seenByBackend =
                        only(backendPlace(), node.send(clientPlace(), vip(), asked.bytes(), false));
                final End seen = NaivePacket.sender(protocol, seenByBackend);
                assertEquals(source == Source.PLAIN, seen.equals(client()));
                final NaivePacket answered = answer(seen);
                final byte[] seenByClient =
                        only(clientPlace(), node.send(backendPlace(), seen, answered.bytes(), false));
                if (sender == Sender.BACKEND) {
                    final int type = six ? 1 : 3;
                    final int code = six ? 4 : 3;
                    final byte[] error = Packets.icmp(backend().address(), seen.address(), type, code, 0,
                            quote(seenByBackend)).bytes();
                    final int hops = NaiveNat.hops(clientPlace(), backendPlace());
                    assertPacket(Packets.icmp(vip().address(), client().address(), type, code, 0,
                            quoted(asked.between(client(), vip(), hops), seenByBackend))
                            .ttl(64 - NaiveNat.hops(backendPlace(), clientPlace())).bytes(),
                            only(clientPlace(), node.send(backendPlace(), seen, error, false)));
                } else {
                    final int type = six ? 2 : 3;
                    final int code = six ? 0 : 4;
                    final byte[] error = Packets.icmp(client().address(), vip().address(), type, code, 1300,
                            quote(seenByClient)).bytes();
                    final int hops = NaiveNat.hops(backendPlace(), clientPlace());
                    assertPacket(Packets.icmp(seen.address(), backend().address(), type, code, 1300,
                            quoted(answered.between(backend(), seen, hops), seenByClient))
                            .ttl(64 - NaiveNat.hops(clientPlace(), backendPlace())).bytes(),
                            only(backendPlace(), node.send(clientPlace(), vip(), error, false)));
                }
                node.check();
            }
        }

        /** SCTP's checksum is over all of a packet, of which a quote has a part: it stays what the sender saw. */
        private byte[] quoted(NaivePacket p, byte[] asSeen) {
            final byte[] packet = p.bytes();
            final int at = (six ? 40 : 20) + 8;
            if (protocol == Protocol.SCTP) {
                System.arraycopy(asSeen, at, packet, at, 4);
            }
            return quote(packet);
        }

        private static byte[] only(int place, List<OracleNode.Out> out) {
            assertEquals(1, out.size(), out::toString);
            assertEquals(place, out.getFirst().place());
            return out.getFirst().packet();
        }

        private static void assertPacket(byte[] wanted, byte[] came) {
            assertEquals(Bytes.hex(wanted), Bytes.hex(came));
            assertNull(Inspect.refusal(came));
        }
    }

    @TestFactory
    List<DynamicTest> errors() {
        final List<DynamicTest> tests = new ArrayList<>();
        for (boolean six : new boolean[] {false, true}) {
            for (Protocol protocol : Protocol.values()) {
                for (Source source : Source.values()) {
                    for (Sender sender : Sender.values()) {
                        for (boolean whole : new boolean[] {false, true}) {
                            final Line line = new Line(six, protocol, source, sender, whole);
                            tests.add(DynamicTest.dynamicTest(line.toString(), line::check));
                        }
                    }
                }
            }
        }
        return tests;
    }
}
