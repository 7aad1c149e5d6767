package dev.ringway.control.etcd;

import dev.ringway.control.NodeSpec;
import dev.ringway.fib.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Everything that waits for etcd, on a thread of its own: lists the keys once, follows them from there, claims this
 * node's ranges and keeps its key alive. Whatever fails begins anew with another client, a second or two later and for
 * ever; the keys are listed again only if etcd no longer has what came since, or is no longer the same.
 */
final class Session implements AutoCloseable {
    private static final long RETRY_MS = 1_000;
    private static final long MOST_TICK_MS = 5_000;
    private static final long END_MS = 2_000;

    private final EtcdSettings settings;
    private final Feeds feeds;
    private final RangeClaims claims;
    private final NodeKey nodeKey;
    private final Thread thread;
    /** One for each reason to look before it is time. */
    private final Semaphore pokes = new Semaphore(0);
    /** Held while this node's keys are written. */
    private final Object writing = new Object();
    /** Under the feeds' lock: where etcd is as far as they know, or null: they must be listed. */
    private EtcdStore.Head position;
    /** What came behind that position is no longer known. */
    private volatile boolean compacted;
    private volatile Runnable news = () -> { };
    private volatile String problem;
    private volatile boolean connected;
    private volatile boolean claimsAreOld = true;
    private volatile boolean announcing;
    private volatile boolean withdrawn;
    private volatile boolean closed;

    Session(EtcdSettings settings, Feeds feeds) {
        this.settings = settings;
        this.feeds = feeds;
        claims = new RangeClaims(settings);
        nodeKey = new NodeKey(settings);
        problem = "etcd at " + String.join(", ", settings.endpoints()) + ": no answer yet";
        thread = Thread.ofPlatform().daemon().name("etcd").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    RangeClaims claims() {
        return claims;
    }

    void onNews(Runnable wake) {
        news = wake;
    }

    boolean isConnected() {
        return connected;
    }

    /** What is wrong now. */
    List<String> problems() {
        return Stream.of(problem, claims.problem(), nodeKey.problem()).filter(Objects::nonNull).toList();
    }

    void announce() {
        announcing = true;
        pokes.release();
    }

    /** Deletes this node's key and its claims together, on this thread. */
    void withdraw() throws IOException {
        withdrawn = true;
        synchronized (writing) {
            try (EtcdStore store = EtcdStore.open(settings)) {
                boolean deleted = false;
                while (!deleted) {
                    deleted = store.delete(List.of(NodeKey.key(settings.node())),
                            RangeClaims.list(store, settings.node()).stream().map(Claim::key).toList(),
                            settings.node());
                }
            } catch (IOException e) {
                throw new IOException("etcd still has the key " + settings.prefix() + "/"
                        + NodeKey.key(settings.node()) + " and this node's ranges: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try (EtcdStore store = EtcdStore.open(settings)) {
                follow(store);
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                problem = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            try {
                Thread.sleep(RETRY_MS + ThreadLocalRandom.current().nextLong(RETRY_MS));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Returns when closed; else it fails, sooner or later. */
    private void follow(EtcdStore store) throws Exception {
        final EtcdStore.Head head = store.head();
        final EtcdStore.Head from = position();
        final boolean another =
                from != null && (from.clusterId() != head.clusterId() || head.revision() < from.revision());
        if (from == null || another || compacted) {
            list(store, another);
        }
        final Watching watching = new Watching();
        final AutoCloseable watch = store.watch(position().revision() + 1, watching);
        try {
            watching.awaitStart();
            claimsAreOld = true;
            problem = null;
            connected = true;
            while (!closed) {
                watching.check();
                synchronized (writing) {
                    write(store);
                }
                if (pokes.tryAcquire(Math.min(MOST_TICK_MS, settings.leaseSeconds() * 1_000L / 3),
                        TimeUnit.MILLISECONDS)) {
                    pokes.drainPermits();
                }
            }
        } finally {
            connected = false;
            watching.stop();
            watch.close();
        }
    }

    private void write(EtcdStore store) throws IOException {
        if (withdrawn) {
            return;
        }
        if (claimsAreOld) {
            claimsAreOld = false;
            if (claims.claim(store)) {
                news.run();
            }
        }
        if (announcing && claims.problem() == null) {
            nodeKey.tick(store, System.nanoTime() / 1_000_000, own().tree().toString());
        } else if (!announcing) {
            // The watch alone would not tell that etcd has lost its majority.
            store.head();
        }
    }

    private PeerNode own() {
        final NodeSpec self = self(settings, claims.ranges());
        return new PeerNode(self.name(), self.address(), self.podCidrs(), self.mac(), settings.zone(),
                settings.version(), self.outsideClients(), 0);
    }

    static NodeSpec self(EtcdSettings settings, List<Prefix> ranges) {
        return new NodeSpec(settings.node(), settings.address(), ranges, settings.vtepMac(), 0,
                settings.outsideClients());
    }

    private EtcdStore.Head position() {
        synchronized (feeds) {
            return position;
        }
    }

    /** @param another it is another store, or an older state of this one */
    private void list(EtcdStore store, boolean another) throws IOException {
        synchronized (feeds) {
            position = null;
            feeds.beginList(another);
        }
        final List<Entry> own = new ArrayList<>(1);
        final EtcdStore.Head head = store.list("", entry -> {
            synchronized (feeds) {
                feeds.list(entry);
            }
            if (isOwn(entry)) {
                own.add(entry);
            }
        });
        synchronized (feeds) {
            feeds.endList();
            position = head;
            compacted = false;
        }
        nodeKey.listed(own.isEmpty() ? new Entry(NodeKey.key(settings.node()), null, 0, head.revision(), 0)
                : own.getFirst());
    }

    private boolean isOwn(Entry entry) {
        return entry.key().equals(NodeKey.key(settings.node()));
    }

    /** Hears of changes, until it is stopped or fails. */
    private final class Watching implements WatchListener {
        private final CountDownLatch started = new CountDownLatch(1);
        /** Under the feeds' lock. */
        private boolean over;
        private volatile String failure;

        @Override
        public void started() {
            started.countDown();
        }

        @Override
        public void changed(List<Entry> entries) {
            synchronized (feeds) {
                if (over) {
                    return;
                }
                for (Entry entry : entries) {
                    feeds.apply(entry);
                    note(entry);
                }
                position = new EtcdStore.Head(position.clusterId(), entries.getLast().revision());
            }
        }

        private void note(Entry entry) {
            if (isOwn(entry)) {
                nodeKey.seen(entry);
                pokes.release();
            } else if (entry.key().startsWith(Feeds.RANGES) && (claims.problem() != null
                    || claims.ranges().stream().anyMatch(range -> entry.key().equals(Claim.key(range))))) {
                claimsAreOld = true;
                pokes.release();
            }
        }

        @Override
        public void ended(String why, boolean forgotten) {
            synchronized (feeds) {
                if (over) {
                    return;
                }
                over = true;
                compacted |= forgotten;
            }
            failure = why;
            started.countDown();
            pokes.release();
        }

        void awaitStart() throws IOException, InterruptedException {
            if (!started.await(EtcdStore.TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                throw new IOException("etcd at " + String.join(", ", settings.endpoints())
                        + ": changes are not told of");
            }
            check();
        }

        void check() throws IOException {
            if (failure != null) {
                throw new IOException("etcd at " + String.join(", ", settings.endpoints()) + ": " + failure);
            }
        }

        void stop() {
            synchronized (feeds) {
                over = true;
            }
        }
    }
}
