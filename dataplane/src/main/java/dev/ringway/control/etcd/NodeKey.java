package dev.ringway.control.etcd;

import java.io.IOException;

/**
 * This node's own key, bound to a lease. Written only when it differs from what etcd has: at once when it is gone, but
 * ever more rarely, up to every five minutes, when somebody else writes it: two that write against each other must not
 * make a storm. Belongs to the session's thread; {@link #seen} and {@link #problem} are for any.
 */
final class NodeKey {
    private static final long FIRST_WAIT_MS = 1_000;
    private static final long MOST_WAIT_MS = 300_000;
    private static final int CONTESTED = 4;
    private static final int MOST_TOLD = 200;

    private final EtcdSettings settings;
    private long lease;
    /** The revision of what was written last. */
    private long written;
    private long lastWriteMs = Long.MIN_VALUE / 2;
    private long waitMs = FIRST_WAIT_MS;
    private volatile int overwritten;
    private volatile Entry seen = new Entry("", null, 0, 0, 0);

    NodeKey(EtcdSettings settings) {
        this.settings = settings;
    }

    static String key(String node) {
        return Feeds.NODES + "/" + node;
    }

    /** Takes note of the key as etcd has it. */
    void seen(Entry entry) {
        seen = entry;
    }

    /** The same from a list, against which no earlier write counts. */
    void listed(Entry entry) {
        written = 0;
        seen = entry;
    }

    /** What keeps the key from telling, or null. */
    String problem() {
        final String value = seen.value();
        return overwritten < CONTESTED || value == null ? null : "etcd's key " + settings.prefix() + "/"
                + key(settings.node()) + " does not stay as this node writes it (does another machine have this node's"
                + " name?); it is " + (value.length() <= MOST_TOLD ? value : value.substring(0, MOST_TOLD) + "...");
    }

    /** Keeps the lease alive and the key what it should be. */
    void tick(EtcdStore store, long nowMs, String wanted) throws IOException {
        final boolean renewed = lease == 0 || !store.keepAlive(lease);
        if (renewed) {
            lease = store.grant(settings.leaseSeconds());
        }
        if (nowMs - lastWriteMs > MOST_WAIT_MS) {
            waitMs = FIRST_WAIT_MS;
            overwritten = 0;
        }
        final Entry now = seen;
        // What was written may not have been heard of yet.
        if (now.revision() < written && !renewed || wanted.equals(now.value()) && now.lease() == lease) {
            return;
        }
        final boolean others = now.value() != null && now.revision() > written && written > 0;
        if (!renewed && nowMs - lastWriteMs < (others ? waitMs : FIRST_WAIT_MS)) {
            return;
        }
        if (others) {
            overwritten++;
            waitMs = Math.min(MOST_WAIT_MS, 2 * waitMs);
        }
        lastWriteMs = nowMs;
        written = store.put(key(settings.node()), wanted, lease);
    }
}
