package dev.ringway.control.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.store.Mailbox;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a node stays whose key has vanished. */
class MembersTest {
    private final Mailbox<PeerNode> nodes = new Mailbox<>();
    private final Mailbox<Claim> claims = new Mailbox<>();
    private final Members members = new Members("node1", 60_000);

    @BeforeEach
    void start() {
        for (int n = 1; n <= 2; n++) {
            nodes.put("node" + n, PeerNode.read("node" + n, Hosts.node(n), n));
            final Claim claim = Claim.read("10.244." + n + ".0-24", "node" + n, n);
            claims.put(Claim.name(claim.range()), claim);
        }
        nodes.listed();
        claims.listed();
        assertTrue(take(0, true));
    }

    private boolean take(long nowMs, boolean connected) {
        return members.take(nodes, claims, nowMs, connected);
    }

    private List<String> vanished() {
        return members.vanished().stream().map(PeerNode::name).toList();
    }

    @Test
    void staysForTheGrace() {
        nodes.remove("node2");
        assertTrue(take(1_000, true));
        assertEquals(List.of("node2"), vanished());
        assertEquals(1, members.live().size());
        assertFalse(take(60_999, true));
        assertEquals(List.of("node2"), vanished());
        assertTrue(take(61_000, true));
        assertEquals(List.of(), vanished());
    }

    @Test
    void graceRunsOnlyWhileEtcdIsHeard() {
        nodes.remove("node2");
        take(1_000, true);
        assertFalse(take(50_000, false));
        assertFalse(take(500_000, false));
        assertFalse(take(559_999, true));
        assertEquals(List.of("node2"), vanished());
        assertTrue(take(560_000, true));
        assertEquals(List.of(), vanished());
    }

    @Test
    void comesBack() {
        nodes.remove("node2");
        take(1_000, true);
        nodes.put("node2", PeerNode.read("node2", Hosts.node(2), 9));
        assertTrue(take(2_000, true));
        assertEquals(List.of(), vanished());
        assertFalse(take(100_000, true));
        assertEquals(2, members.live().size());
    }

    @Test
    void goesAtOnceWithItsClaims() {
        nodes.remove("node2");
        claims.remove("10.244.2.0-24");
        assertTrue(take(1_000, true));
        assertEquals(List.of(), vanished());
    }

    @Test
    void goesWhenItsClaimsAreDeletedLater() {
        nodes.remove("node2");
        take(1_000, true);
        claims.remove("10.244.2.0-24");
        assertTrue(take(2_000, true));
        assertEquals(List.of(), vanished());
    }

    @Test
    void ownKeyIsNoMatter() {
        nodes.remove("node1");
        take(1_000, true);
        assertEquals(List.of(), vanished());
    }

    @Test
    void whatIsKept() {
        nodes.remove("node2");
        take(1_000, true);
        final Members again = new Members("node1", 60_000);
        again.restore(members.kept().stream().map(one -> Kept.LINES.read(Kept.LINES.write(one))).toList());
        assertEquals(2, again.live().size());
        assertEquals(members.owners(), again.owners());
        again.withdraw();
        assertEquals(List.of("node2"), again.live().stream().map(PeerNode::name).toList());
        assertEquals(1, again.owners().size());
    }
}
