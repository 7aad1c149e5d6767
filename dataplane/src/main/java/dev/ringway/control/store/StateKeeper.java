package dev.ringway.control.store;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Writes a {@link StateFile} behind the control thread's back: what has changed, a moment later, as changes come in
 * bunches; not more often than every ten seconds, and so seldom that a fiftieth of a core is enough. Belongs to whoever
 * has its source's lock; the writing itself is an executor's.
 *
 * @param <N> what the store has of nodes
 */
public final class StateKeeper<N> {
    private static final long PAUSE_MS = 2_000;
    private static final long EVERY_MS = 10_000;
    private static final int SELDOM = 50;

    private final StateFile<N> file;
    private final String node;
    private final Executor executor;
    private boolean unsaved;
    private long unsavedMs;
    private volatile boolean saving;
    /** The last attempt has failed; it is made again when the next is due. */
    private volatile boolean failed;
    private volatile long tookMs;
    private volatile String problem;
    private long savedMs = Long.MIN_VALUE / 2;

    public StateKeeper(StateFile<N> file, String node, Executor executor) {
        this.file = file;
        this.node = node;
        this.executor = executor;
    }

    /** Takes note that the file is behind. */
    public void changed() {
        unsavedMs = unsaved ? unsavedMs : Long.MIN_VALUE;
        unsaved = true;
    }

    /** Writes what is to be written, if it is time. */
    public void tick(long nowMs, Supplier<StateFile.State<N>> state) {
        if (saving || !unsaved && !failed) {
            return;
        }
        if (unsaved && unsavedMs == Long.MIN_VALUE) {
            unsavedMs = nowMs;
        }
        if (unsaved && nowMs - unsavedMs < PAUSE_MS || nowMs - savedMs < Math.max(EVERY_MS, SELDOM * tookMs)) {
            return;
        }
        unsaved = false;
        failed = false;
        saving = true;
        savedMs = nowMs;
        final StateFile.State<N> now = state.get();
        try {
            executor.execute(() -> {
                write(now);
                saving = false;
            });
        } catch (RejectedExecutionException e) {
            // Closed meanwhile, which writes for the last time.
            saving = false;
        }
    }

    /** True if the file is behind, or may be: a write that is under way may not come to its end. */
    public boolean isBehind() {
        return unsaved || saving || failed;
    }

    /** Writes now, on this thread. */
    public void write(StateFile.State<N> state) {
        try {
            final long beganNs = System.nanoTime();
            file.write(node, state);
            tookMs = (System.nanoTime() - beganNs) / 1_000_000;
            problem = null;
            failed = false;
        } catch (IOException | RuntimeException e) {
            failed = true;
            problem = file + " cannot be written; a start while the cluster's store is out of reach would begin with"
                    + " an older state: " + e.getMessage();
        }
    }

    /** What keeps the file from being written, or null. Any thread. */
    public String problem() {
        return problem;
    }
}
