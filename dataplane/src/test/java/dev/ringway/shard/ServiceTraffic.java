package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.FIN;
import static dev.ringway.testing.PacketBuilder.RST;
import static dev.ringway.testing.PacketBuilder.SYN;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Balance;
import dev.ringway.service.ServiceTable;
import dev.ringway.shard.NaivePacket.End;
import dev.ringway.shard.NaivePacket.Protocol;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Received;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Packets of clients and backends of Services that change, the same for the same seed: each is good, but nobody looks
 * after the order. Few ports, so that answers meet their questions.
 */
final class ServiceTraffic {
    private static final int KINDS = 6;
    private static final int FIRST_PORT = 4000;
    private static final int PORTS = 40;
    private static final int TOKEN = 30_000;
    private static final int[] PODS = {POD_A, POD_B, POD_TCP};

    private final SplittableRandom random;
    private int id;

    ServiceTraffic(long seed) {
        random = new SplittableRandom(seed);
    }

    List<Received> take(int count) {
        final List<Received> all = new ArrayList<>();
        while (all.size() < count) {
            add(all);
        }
        return all;
    }

    /** Two for each protocol and IP version: with affinity, fewest flows, or policy Local. */
    static ServiceTable services(int round) {
        ServiceTable table = ServiceTable.EMPTY;
        for (int kind = 0; kind < KINDS; kind++) {
            for (boolean six : new boolean[] {false, true}) {
                final int number = 2 * kind + (six ? 1 : 0);
                if ((round + number) % 11 == 0) {
                    continue;
                }
                final TestService service = new TestService(vip(kind, six), port(kind))
                        .named(number + 1, "test/" + number).affinity(kind % 2 == 0 ? 0 : 5)
                        .balance(kind < 2 ? Balance.LEAST_FLOWS : Balance.RANDOM)
                        .token(six ? Topology.service6(1) : Topology.service4(1), TOKEN + kind,
                                six ? "fd00:30::1" : "172.30.0.1", TOKEN + kind);
                if (kind == 0) {
                    service.externalLocal();
                }
                switch (protocol(kind)) {
                    case UDP -> service.udp();
                    case SCTP -> service.sctp();
                    default -> { }
                }
                for (int i = 0; i < (round / 4 + kind) % 4; i++) {
                    final int at = (round + i) % 4;
                    service.first(16 * number + at + 1).generation(1 + round % 200);
                    service.backend(backend(at, six), port(kind), at < PODS.length);
                }
                table = service.addTo(table);
            }
        }
        return table;
    }

    private static Protocol protocol(int kind) {
        return new Protocol[] {Protocol.TCP, Protocol.UDP, Protocol.SCTP}[kind % 3];
    }

    private static int port(int kind) {
        return 80 + kind % 3;
    }

    private static String vip(int kind, boolean six) {
        return (six ? "fd00:96::1" : "10.96.0.1") + kind / 3;
    }

    /** Three pods of this node, of which one is a client, too, and one of another. */
    private static String backend(int at, boolean six) {
        return at == PODS.length ? six ? pod6(2, POD_B) : pod4(2, POD_B)
                : six ? pod6(1, PODS[at]) : pod4(1, PODS[at]);
    }

    private void add(List<Received> all) {
        final int kind = random.nextInt(KINDS);
        final boolean six = random.nextBoolean();
        final boolean outside = random.nextInt(4) == 0;
        final Protocol protocol = random.nextInt(8) == 0 ? Protocol.PING : protocol(kind);
        final End client = new End(outside ? six ? "2001:db8::7" : "192.0.2.7" : six ? pod6(1, POD_A) : pod4(1, POD_A),
                FIRST_PORT + random.nextInt(PORTS));
        final boolean token = outside && random.nextBoolean() && protocol != Protocol.PING;
        final End vip = token ? new End(six ? Topology.service6(1) : Topology.service4(1), TOKEN + kind)
                : new End(vip(kind, six), protocol == Protocol.PING ? 0 : port(kind));
        final int at = random.nextInt(PODS.length + 1);
        final End backend = new End(backend(at, six), protocol == Protocol.PING ? 0 : port(kind));
        final boolean reply = random.nextBoolean();
        id = id + 1 & 0xFFFF;
        final NaivePacket question = NaivePacket.of(protocol, client, vip, kindOf(protocol, false))
                .with(random.nextInt(600), id);
        final NaivePacket answer = NaivePacket.of(protocol, backend, client, kindOf(protocol, true))
                .with(random.nextInt(600), id);
        final int clientPlace = outside ? HOST : POD_A;
        final int backendPlace = at == PODS.length ? -2 : PODS[at];
        final int place = reply ? backendPlace : clientPlace;
        final NaivePacket p = reply ? answer : question;
        if (random.nextInt(10) == 0) {
            final byte[] quote = (reply ? question.between(client, backend, 2) : answer.between(vip, client, 2))
                    .quoted(random.nextInt(six ? 48 : 28, 200));
            all.add(received(place, Packets.icmp(p.from().address(), p.to().address(), six ? random.nextInt(1, 4)
                    : random.nextBoolean() ? 3 : 11, random.nextInt(5), 1300, quote).bytes()));
        } else if (protocol == Protocol.UDP && p.length() > 100 && random.nextInt(3) == 0) {
            final List<byte[]> fragments = new ArrayList<>(p.fragments(8 * random.nextInt(1, 6), 40));
            while (!fragments.isEmpty()) {
                final byte[] next = fragments.remove(random.nextInt(fragments.size()));
                if (random.nextInt(10) > 0) {
                    all.add(received(place, next));
                }
            }
        } else {
            all.add(received(place, p.bytes()));
        }
    }

    private int kindOf(Protocol protocol, boolean reply) {
        final int[] kinds = switch (protocol) {
            case TCP -> reply ? new int[] {SYN | ACK, SYN | ACK, ACK, FIN | ACK, RST | ACK}
                    : new int[] {SYN, SYN, ACK, ACK, FIN | ACK, RST};
            case SCTP -> reply ? new int[] {2, 11, 3, 8, 6} : new int[] {1, 1, 10, 0, 7, 14};
            case UDP -> new int[] {0};
            case PING -> new int[] {reply ? NaivePacket.ANSWER : NaivePacket.ASK};
        };
        return kinds[random.nextInt(kinds.length)];
    }

    private static Received received(int place, byte[] packet) {
        if (place >= 0) {
            return Received.packet(place, packet);
        }
        final IpAddress node = IpText.address("172.30.0." + -place);
        final byte[] datagram = Tunnels.vxlan(mac(1), mac(-place), packet);
        return Received.train(node.hi(), node.lo(), 0, datagram.length, datagram);
    }
}
