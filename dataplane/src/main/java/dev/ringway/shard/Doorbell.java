package dev.ringway.shard;

import dev.ringway.underlay.PacketIo;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes the other thread of a dedicated shard, but only if it sleeps: while both are busy no system call is made for
 * it. A sleeper first says so and then looks at its ring again; a waker first publishes and then looks whether the
 * other sleeps. Both accesses are volatile, so one of them sees the other.
 */
final class Doorbell {
    /** Bounds a wait in case the other side cannot make progress for a reason that rings no bell (no room to send). */
    private static final long MAX_WAIT_NS = 1_000_000;

    private final PacketIo io;
    private volatile Thread switchThread;
    private volatile boolean switchWaits;
    private volatile boolean ioWaits;

    Doorbell(PacketIo io) {
        this.io = io;
    }

    void ioWaits(boolean waits) {
        ioWaits = waits;
    }

    void ringIo() {
        if (ioWaits) {
            io.wakeup();
        }
    }

    void ringSwitch() {
        if (switchWaits) {
            LockSupport.unpark(switchThread);
        }
    }

    /** Wakes whichever sleeps; any thread. */
    void ringBoth() {
        ringIo();
        ringSwitch();
    }

    /** Switch thread: sleeps until something has been read. */
    void awaitWork(SwitchStage stage) {
        switchThread = Thread.currentThread();
        switchWaits = true;
        if (stage.hasWork()) {
            LockSupport.parkNanos(this, MAX_WAIT_NS);
        } else {
            LockSupport.park(this);
        }
        switchWaits = false;
    }

    /** Wakes the switch thread whatever it waits for: to end it. */
    void release() {
        LockSupport.unpark(switchThread);
    }
}
