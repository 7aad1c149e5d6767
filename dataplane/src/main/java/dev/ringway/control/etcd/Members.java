package dev.ringway.control.etcd;

import dev.ringway.control.store.Mailbox;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The nodes and claims as etcd has them, and the nodes whose key has vanished while their claims stand: they stay for
 * the grace, because a lease ends also when etcd, not the node, was out of reach. The grace runs only while etcd can be
 * heard. Belongs to whoever has the source's lock.
 */
final class Members {
    private final String self;
    private final long graceMs;
    private final Map<String, PeerNode> live = new TreeMap<>();
    private final Map<String, PeerNode> vanished = new TreeMap<>();
    private final Map<String, Long> untilMs = new HashMap<>();
    private final Map<String, Claim> claims = new HashMap<>();
    private final Map<Prefix, String> owners = new HashMap<>();

    Members(String self, long graceMs) {
        this.self = self;
        this.graceMs = graceMs;
    }

    void restore(List<Kept> kept) {
        for (Kept one : kept) {
            switch (one) {
                case PeerNode node -> live.put(node.name(), node);
                case Claim claim -> claims.put(Claim.name(claim.range()), claim);
            }
        }
        index();
    }

    Collection<PeerNode> live() {
        return live.values();
    }

    Collection<PeerNode> vanished() {
        return vanished.values();
    }

    /** The node that has claimed each range. */
    Map<Prefix, String> owners() {
        return owners;
    }

    List<Kept> kept() {
        final List<Kept> all = new ArrayList<>(vanished.values());
        all.addAll(live.values());
        all.addAll(claims.values());
        return all;
    }

    /** Forgets what this node has given back. */
    void withdraw() {
        live.remove(self);
        claims.values().removeIf(claim -> claim.node().equals(self));
        index();
    }

    /**
     * Takes what has come.
     *
     * @param connected etcd can be heard
     * @return true if something is other than before
     */
    boolean take(Mailbox<PeerNode> newNodes, Mailbox<Claim> newClaims, long nowMs, boolean connected) {
        boolean changed = false;
        // Without the claims it would look as if a node that has vanished had left.
        if (newNodes.isListed() && newClaims.isListed()) {
            changed = takeClaims(newClaims.take());
            changed |= takeNodes(newNodes.take(), nowMs);
        }
        return expire(nowMs, connected) || changed;
    }

    private boolean takeClaims(Mailbox.Batch<Claim> batch) {
        if (batch == null) {
            return false;
        }
        final Map<String, Claim> before = Map.copyOf(claims);
        Mailbox.apply(batch, claims);
        index();
        return !before.equals(claims);
    }

    private boolean takeNodes(Mailbox.Batch<PeerNode> batch, long nowMs) {
        if (batch == null) {
            return false;
        }
        final Map<String, PeerNode> before = Map.copyOf(live);
        for (String name : Mailbox.gone(batch, live)) {
            if (!name.equals(self)) {
                vanished.put(name, live.get(name));
                untilMs.put(name, nowMs + graceMs);
            }
        }
        Mailbox.apply(batch, live);
        live.keySet().forEach(vanished::remove);
        return !before.equals(live);
    }

    private boolean expire(long nowMs, boolean connected) {
        if (!connected) {
            vanished.keySet().forEach(name -> untilMs.put(name, nowMs + graceMs));
        }
        return vanished.values().removeIf(node -> nowMs >= untilMs.get(node.name())
                || node.podCidrs().stream().noneMatch(range -> node.name().equals(owners.get(range))));
    }

    private void index() {
        owners.clear();
        claims.values().forEach(claim -> owners.put(claim.range(), claim.node()));
    }
}
