package dev.ringway.control.files;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.FirstLines;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceFeed;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.SourceState;
import dev.ringway.linux.Inotify;
import dev.ringway.service.Balance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Services and EndpointSlices out of files, followed by a thread of its own, so that a disk or network that hangs, and
 * a file that is long, stop nothing but changes of Services. {@link #poll} is the control thread's; the others may be
 * called by any.
 */
public final class FileSource implements ServiceFeed, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileSource.class.getName());
    /** How often files are looked at without news of them. */
    private static final int LOOK_MS = 1_000;
    /** After news that are not about the files, or only that one of them is being written. */
    private static final int PAUSE_MS = 1;
    private static final int MOST_REST_MS = 5_000;
    /** How long a start waits for the files: not long if it knows what they said before. */
    private static final long FIRST_MS = 30_000;
    private static final long FIRST_KNOWN_MS = 500;

    private final Path path;
    private final FileEvents events;
    private final FileServices services;
    private final CountDownLatch first = new CountDownLatch(1);
    private final Thread thread;
    private Runnable noticed;
    private Runnable news;
    private volatile boolean closed;

    /**
     * Reads what was known before a restart; {@link #start} reads the files.
     *
     * @param path           a file or a directory
     * @param stateFile      where the last good state is kept
     * @param defaultBalance for Services that do not say
     */
    public FileSource(Path path, Path stateFile, NodeView node, Balance defaultBalance) {
        this.path = path;
        events = events();
        final KeptState kept = new KeptState(stateFile, node.name(),
                task -> Thread.ofPlatform().daemon().name("services-state").start(task));
        services = new FileServices(path, node, defaultBalance, events, kept, HeapBudget.ofThisProcess(),
                FirstLines.MOST);
        thread = Thread.ofPlatform().daemon().name("services-files").unstarted(this::follow);
    }

    private FileEvents events() {
        try {
            return new FileEvents(Inotify.open());
        } catch (IOException e) {
            LOG.log(WARNING, "changes of " + path + " are noticed within seconds instead of at once: "
                    + e.getMessage());
            return null;
        }
    }

    /**
     * Begins to follow the files, and waits for what they say, but not for a disk that hangs.
     *
     * @param onNotice run when something has changed that is about to be read
     * @param onNews   run when {@link #poll} or {@link #warnings} would find something new
     */
    public void start(Runnable onNotice, Runnable onNews) {
        noticed = onNotice;
        news = onNews;
        thread.start();
        try {
            first.await(services.isKnown() ? FIRST_KNOWN_MS : FIRST_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        try (events) {
            while (!closed) {
                try {
                    lookAndRest();
                    await();
                } catch (RuntimeException e) {
                    LOG.log(ERROR, "reading " + path + " failed; what was read before stays in force", e);
                    first.countDown();
                    Thread.sleep(LOOK_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAndRest() throws InterruptedException {
        final long beganMs = nowMs();
        final boolean other = services.look(beganMs, noticed);
        first.countDown();
        if (other) {
            news.run();
        }
        // Files that change all the time take no more than half of a core.
        Thread.sleep(Math.clamp(nowMs() - beganMs, PAUSE_MS, MOST_REST_MS));
    }

    private void await() throws InterruptedException {
        final long endMs = nowMs() + LOOK_MS;
        for (long left = LOOK_MS; left > 0 && !closed; left = endMs - nowMs()) {
            if (events == null) {
                Thread.sleep(left);
            } else if (events.await((int) left)) {
                return;
            } else {
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    /** Compiles what is new; does not wait. @return the tables, if they are others than the last, else null */
    public Compiled poll() {
        return services.poll(nowMs());
    }

    /** True while something that was noticed is being read. */
    public boolean isBusy() {
        return services.isBusy();
    }

    @Override
    public void setNode(NodeView node) {
        services.setNode(node);
    }

    @Override
    public Found find(ServiceQuery query) {
        return services.find(query);
    }

    @Override
    public List<String> warnings() {
        return services.warnings();
    }

    @Override
    public SourceState sourceState() {
        return services.sourceState();
    }

    private static long nowMs() {
        return System.nanoTime() / 1_000_000;
    }

    /** Ends the thread, unless that hangs, and keeps what is known. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        services.keep();
    }
}
