package dev.ringway.snapshot;

import java.util.concurrent.atomic.AtomicReference;

/** Where the control side leaves the newest {@link Snapshot} with a release store and each batch reads it once. */
public final class SnapshotCell {
    private final AtomicReference<Snapshot> current;

    public SnapshotCell(Snapshot initial) {
        current = new AtomicReference<>(initial);
    }

    public Snapshot get() {
        return current.getAcquire();
    }

    public void publish(Snapshot next) {
        current.setRelease(next);
    }
}
