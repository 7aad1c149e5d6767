package dev.ringway.observe.metrics;

import dev.ringway.shard.Dataplane;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Whether the threads of the packet path go round: has each do so and looks. Waits a moment; one at a time. */
final class SwitchThreads {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_MS = 2;

    private final Dataplane dataplane;
    private final long patienceNs;

    SwitchThreads(Dataplane dataplane) {
        this(dataplane, PATIENCE_NS);
    }

    SwitchThreads(Dataplane dataplane, long patienceNs) {
        this.dataplane = dataplane;
        this.patienceNs = patienceNs;
    }

    /** What is wrong, or null. */
    String problem() {
        final Map<String, Long> before = dataplane.turns();
        final long endNs = System.nanoTime() + patienceNs;
        dataplane.nudge();
        while (true) {
            String still = null;
            for (Map.Entry<String, Long> thread : dataplane.turns().entrySet()) {
                if (thread.getValue() < 0) {
                    return "the thread " + thread.getKey() + " has ended: packets are not switched; the log tells why";
                }
                still = thread.getValue().equals(before.get(thread.getKey())) ? thread.getKey() : still;
            }
            if (still == null) {
                return null;
            }
            if (System.nanoTime() > endNs) {
                return "the thread " + still + " has not gone round for "
                        + TimeUnit.NANOSECONDS.toSeconds(patienceNs) + " s: packets are not switched";
            }
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "interrupted";
            }
        }
    }
}
