package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.service4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.shard.NaivePacket.Protocol;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Services balanced by Maglev: every node gives a client the same backend, and few get another when one goes. */
class MaglevPathTest {
    private static final String VIP = "10.96.0.10";
    private static final String EXTERNAL = "203.0.113.9";
    private static final String NODE = "172.30.0.9";
    private static final int TOKEN = 30_080;
    private static final int FLOWS = 3000;
    private static final int BACKENDS = 10;

    /** Backends on node 3, which are nobody's own here; without one of them. */
    private static PathRig rig(int node, int without) {
        final TestService service = new TestService(VIP, 80).maglev().external(EXTERNAL, 80)
                .token(service4(node), TOKEN + node, NODE, 31_000);
        for (int i = 0; i < BACKENDS; i++) {
            if (i != without) {
                // Each node has met them in another order.
                service.first((i + 3 * node) % BACKENDS + 1).backend(backend(i), 8080, false);
            }
        }
        final PathRig rig = new PathRig(PathRig.Setup.DEFAULT.node(node), new FlowSettings(3 * FLOWS));
        rig.topology.services(service.table());
        rig.publish();
        return rig;
    }

    private static String backend(int i) {
        return "10.244.3." + (100 + i);
    }

    private static String chosen(PathRig rig, int port, String source, String to, int number) {
        rig.fromPort(port, Packets.syn(source, to, 1400).ports(1024 + number % 50_000, to.equals(service4(rig.setup
                .node())) ? TOKEN + rig.setup.node() : 80).bytes());
        final List<Sent> sent = rig.run();
        return NaivePacket.receiver(Protocol.TCP, Inspect.inner(sent).getFirst()).address();
    }

    private static String outside(int i) {
        return "198.51.100." + (1 + i % 200);
    }

    @Test
    void allNodesChooseAlike() {
        final Map<String, Integer> shares = new HashMap<>();
        try (PathRig one = rig(1, -1); PathRig two = rig(2, -1)) {
            int byAddress = 0;
            for (int i = 0; i < FLOWS; i++) {
                final String backend = chosen(one, HOST, outside(i), EXTERNAL, i);
                assertEquals(backend, chosen(two, HOST, outside(i), EXTERNAL, i));
                shares.merge(backend, 1, Integer::sum);
                // Tokens are each node's own and stand for one address of the Service.
                final String byToken = chosen(one, HOST, outside(i), service4(1), i);
                assertEquals(byToken, chosen(two, HOST, outside(i), service4(2), i));
                byAddress += byToken.equals(backend) ? 1 : 0;
            }
            assertTrue(byAddress < FLOWS / 4, "what the client has addressed counts: " + byAddress);
        }
        assertEquals(BACKENDS, shares.size());
        shares.values().forEach(share -> assertEquals(FLOWS / BACKENDS, share, FLOWS / BACKENDS / 3.0));
    }

    /** New flows of the same clients: those of the one that is gone go to others, of the rest one in fifty at most. */
    @Test
    void fewMoveWhenABackendGoes() {
        int moved = 0;
        int gone = 0;
        try (PathRig before = rig(1, -1); PathRig after = rig(1, 4)) {
            for (int i = 0; i < FLOWS; i++) {
                final String was = chosen(before, POD_A, pod4(1, POD_A), VIP, i);
                final String is = chosen(after, POD_A, pod4(1, POD_A), VIP, i);
                if (was.equals(backend(4))) {
                    gone++;
                    assertNotEquals(was, is);
                } else if (!was.equals(is)) {
                    moved++;
                }
            }
        }
        assertTrue(gone > FLOWS / BACKENDS / 2, gone + " of the one that is gone");
        assertTrue(moved < FLOWS / 50, moved + " of others moved");
    }
}
