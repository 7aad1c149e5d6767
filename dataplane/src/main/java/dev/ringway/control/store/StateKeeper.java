package dev.ringway.control.store;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Writes a {@link StateFile} behind the control thread's back: what has changed, not more often than every ten seconds.
 * Belongs to whoever has its source's lock; the writing itself is an executor's.
 *
 * @param <N> what the store has of nodes
 */
public final class StateKeeper<N> {
    private static final long EVERY_MS = 10_000;

    private final StateFile<N> file;
    private final String node;
    private final Executor executor;
    private boolean unsaved;
    private volatile boolean saving;
    private volatile String problem;
    private long savedMs = Long.MIN_VALUE / 2;

    public StateKeeper(StateFile<N> file, String node, Executor executor) {
        this.file = file;
        this.node = node;
        this.executor = executor;
    }

    /** Takes note that the file is behind. */
    public void changed() {
        unsaved = true;
    }

    /** Writes what is to be written, if it is time. */
    public void tick(long nowMs, Supplier<StateFile.State<N>> state) {
        if (!unsaved || saving || nowMs - savedMs < EVERY_MS) {
            return;
        }
        unsaved = false;
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
        return unsaved || saving;
    }

    /** Writes now, on this thread. */
    public void write(StateFile.State<N> state) {
        try {
            file.write(node, state);
            problem = null;
        } catch (IOException | RuntimeException e) {
            problem = file + " cannot be written; a start while the cluster's store is out of reach would begin with"
                    + " an older state: " + e.getMessage();
        }
    }

    /** What keeps the file from being written, or null. Any thread. */
    public String problem() {
        return problem;
    }
}
