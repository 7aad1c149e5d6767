package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_HEADER;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.mac;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.testing.PacketBuilder.ACK;
import static dev.ringway.testing.PacketBuilder.PSH;
import static dev.ringway.testing.PacketBuilder.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.packet.DropReason;
import dev.ringway.service.ServiceTable;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import dev.ringway.testing.Tunnels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The switch beside a naive NAT: a list of connections with the backend that each first got, packets written anew with
 * other addresses instead of changed in place. Random traffic, while backends come and go.
 */
class ServiceOracleTest {
    private static final String VIP = "10.96.0.10";
    private static final int STEPS = 30_000;
    private static final int MOST_CONNECTIONS = 400;
    /** Pods of this node and of others; a backend's number is its slot. */
    private static final String[] BACKENDS = {pod4(1, POD_B), pod4(1, POD_TCP), pod4(1, POD_HEADER), pod4(2, POD_B),
        pod4(3, POD_B)};

    private static final class Connection {
        private final boolean tcp;
        private final int port;
        private int backend;
        private boolean answered;

        private Connection(boolean tcp, int port) {
            this.tcp = tcp;
            this.port = port;
        }
    }

    private final PathRig rig = new PathRig();
    private final List<Connection> connections = new ArrayList<>();
    private final Set<Integer> serving = new TreeSet<>();
    private final Set<Integer> usedPorts = new HashSet<>();

    private void publish() {
        ServiceTable table = ServiceTable.EMPTY;
        for (boolean tcp : new boolean[] {true, false}) {
            final TestService service = new TestService(VIP, 80);
            if (!tcp) {
                service.udp();
            }
            for (int number : serving) {
                service.first(number + 1).backend(BACKENDS[number], 8080, number < 3);
            }
            table = service.addTo(table);
        }
        rig.topology.services(table);
        rig.publish();
    }

    private PacketBuilder packet(boolean tcp, String from, int fromPort, String to, int toPort, int length) {
        return (tcp ? Packets.tcp(from, to, length) : Packets.udp(from, to, length)).ports(fromPort, toPort);
    }

    /** The backend that a packet is addressed to. */
    private static int backendOf(byte[] packet) {
        for (int i = 0; i < BACKENDS.length; i++) {
            final byte[] toIt = Packets.udp(VIP, BACKENDS[i], 0).bytes();
            if (Arrays.equals(new PacketView(toIt).destination(), new PacketView(packet).destination())) {
                return i;
            }
        }
        throw new AssertionError(new PacketView(packet).flow() + ": no backend");
    }

    /** The one packet that came out, without a tunnel. */
    private byte[] out() {
        final List<Sent> sent = rig.run();
        assertEquals(1, sent.size(), () -> sent + " " + rig.drops());
        return sent.getFirst().isTunnel() ? Inspect.inner(sent).getFirst() : sent.getFirst().bytes();
    }

    private void open(boolean tcp, int port) {
        final Connection connection = new Connection(tcp, port);
        final PacketBuilder sent = packet(tcp, pod4(1, POD_A), port, VIP, 80, 0);
        rig.fromPort(POD_A, (tcp ? sent.flags(SYN) : sent).bytes());
        final byte[] came = out();
        connection.backend = backendOf(came);
        assertTrue(serving.contains(connection.backend));
        final PacketBuilder wanted = packet(tcp, pod4(1, POD_A), port, BACKENDS[connection.backend], 8080, 0).ttl(63);
        assertArrayEquals((tcp ? wanted.flags(SYN) : wanted).bytes(), came);
        connections.add(connection);
    }

    private void ask(Connection connection, int length) {
        final PacketBuilder sent = packet(connection.tcp, pod4(1, POD_A), connection.port, VIP, 80, length);
        rig.fromPort(POD_A, (connection.tcp ? sent.flags(ACK | PSH) : sent).bytes());
        final byte[] came = out();
        if (!connection.tcp && !serving.contains(connection.backend)) {
            // It had to move.
            connection.backend = backendOf(came);
            assertTrue(serving.contains(connection.backend));
        }
        final PacketBuilder wanted = packet(connection.tcp, pod4(1, POD_A), connection.port,
                BACKENDS[connection.backend], 8080, length).ttl(63);
        assertArrayEquals((connection.tcp ? wanted.flags(ACK | PSH) : wanted).bytes(), came);
    }

    private void answer(Connection connection, int length) {
        final int flags = connection.answered ? ACK | PSH : SYN | ACK;
        final int size = connection.tcp && !connection.answered ? 0 : length;
        final PacketBuilder sent = packet(connection.tcp, BACKENDS[connection.backend], 8080, pod4(1, POD_A),
                connection.port, size);
        final byte[] bytes = (connection.tcp ? sent.flags(flags) : sent).bytes();
        if (connection.backend < 3) {
            rig.fromPort(new int[] {POD_B, POD_TCP, POD_HEADER}[connection.backend], bytes);
        } else {
            rig.fromNode(connection.backend - 1, Tunnels.vxlan(mac(1), mac(connection.backend - 1), bytes));
        }
        final PacketBuilder wanted = packet(connection.tcp, VIP, 80, pod4(1, POD_A), connection.port, size).ttl(63);
        assertArrayEquals((connection.tcp ? wanted.flags(flags) : wanted).bytes(), out());
        if (connection.tcp && !connection.answered) {
            connection.answered = true;
            ask(connection, 0);
        }
        connection.answered = true;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void likeANaiveNat(long seed) {
        final Random random = new Random(seed);
        serving.addAll(List.of(0, 1, 2, 3, 4));
        publish();
        for (int step = 0; step < STEPS; step++) {
            final int dice = random.nextInt(100);
            if (dice < 2) {
                final int number = random.nextInt(BACKENDS.length);
                if (!serving.remove(number) || serving.isEmpty()) {
                    serving.add(number);
                }
                publish();
            } else if (dice < 20 && connections.size() < MOST_CONNECTIONS || connections.isEmpty()) {
                final int port = 1024 + random.nextInt(60_000);
                if (usedPorts.add(port)) {
                    open(random.nextBoolean(), port);
                }
            } else {
                final Connection one = connections.get(random.nextInt(connections.size()));
                final int length = random.nextInt(1200);
                if (random.nextBoolean() && (one.tcp || serving.contains(one.backend))) {
                    answer(one, length);
                } else if (!one.tcp || one.answered) {
                    ask(one, length);
                }
            }
        }
        assertEquals(connections.size(), rig.shard.flows().size());
        assertEquals(0, rig.drops(DropReason.INTERNAL));
        assertEquals(0, rig.lentBuffers());
        rig.close();
    }
}
