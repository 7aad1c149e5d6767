package dev.ringway.underlay.netty;

import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.RxSlot;
import dev.ringway.ring.RxRing;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;

/**
 * Reads one file descriptor into the receive ring. Each round submits a burst: all but the last read must not wait
 * (they end at once with EAGAIN when nothing is there), the last one waits. A quiet descriptor thus costs one waiting
 * read; a busy one brings a whole burst for one system call. The burst doubles while all reads fill, and halves when
 * most do not. The next burst is submitted when the whole last one has ended, so packets stay in order.
 *
 * <p>I/O thread only.
 */
abstract class Reader implements IoUringIoHandle {
    private static final int MAX_BURST = 64;
    private static final int EAGAIN = -11;
    private static final int EINTR = -4;
    private static final int ECANCELED = -125;
    private static final int CANCEL_TAG = 0;

    private final RxRing ring;
    private final Buffers buffers;
    private final DropCounters drops;
    private final Listener listener;
    private IoRegistration registration;
    private int burst = 1;
    private int outstanding;
    private int filled;
    private int submitted;
    private long waitingId;
    private long pausedUntilNs = Long.MIN_VALUE;
    private boolean closing;
    private boolean broken;
    private Runnable whenClosed;

    /** Told when a reader's next burst is due, so that quiet readers cost a round nothing. */
    interface Listener {
        void readCompleted(Reader reader, boolean due);
    }

    Reader(RxRing ring, Buffers buffers, DropCounters drops, Listener listener) {
        this.ring = ring;
        this.buffers = buffers;
        this.drops = drops;
        this.listener = listener;
    }

    void attach(IoRegistration to) {
        registration = to;
    }

    /** The read of one buffer. */
    abstract IoUringIoOps operation(int buffer, long address, boolean mayWait);

    /** True if each packet decides when the next may be read: then reads go one by one. */
    boolean isLimited() {
        return false;
    }

    /** Describes {@code bytes} read into a buffer. */
    abstract void fill(RxSlot slot, long address, int bytes);

    /**
     * Submits the next burst.
     *
     * @param budget how many packets the ring can take; one read is submitted in any case
     * @return number of reads submitted; 0 if no buffer was left and the burst is still due
     */
    final int submit(int budget) {
        submitted = 0;
        filled = 0;
        int wanted = isLimited() ? 1 : Math.max(1, Math.min(burst, budget));
        while (wanted > 0) {
            final int buffer = buffers.take();
            if (buffer < 0) {
                break;
            }
            // With too few buffers no read waits; the burst then ends at once and the next round tries again.
            final boolean last = wanted == 1;
            final long id = registration.submit(operation(buffer, buffers.address(buffer), last));
            if (last) {
                waitingId = id;
            }
            outstanding++;
            submitted++;
            wanted--;
        }
        return submitted;
    }

    @Override
    public final void handle(IoRegistration from, IoEvent ioEvent) {
        final IoUringIoEvent event = (IoUringIoEvent) ioEvent;
        if (event.opcode() == Uring.ASYNC_CANCEL) {
            return;
        }
        outstanding--;
        final int buffer = (int) event.userData();
        final int result = event.res();
        if (result > 0) {
            filled++;
            deliver(buffer, result);
        } else {
            buffers.giveBack(buffer);
            if (result != EAGAIN && result != EINTR && result != ECANCELED && result != 0) {
                // The device is gone or down for good (EBADFD, EIO): stop instead of spinning on errors.
                broken = true;
            }
        }
        if (outstanding == 0) {
            burst = filled == submitted ? Math.min(MAX_BURST, burst * 2)
                    : filled * 2 < submitted ? Math.max(1, burst / 2) : burst;
            if (closing) {
                registration.cancel();
            }
        }
        listener.readCompleted(this, outstanding == 0 && isOpen());
    }

    /** Reads nothing before this time: the pod has used up its bandwidth, and its packets wait in its own queue. */
    final void pauseUntil(long timeNs) {
        pausedUntilNs = timeNs;
    }

    /** Nanoseconds until the next read may be submitted; 0 or less: now. */
    final long pauseNs(long nowNs) {
        return pausedUntilNs == Long.MIN_VALUE ? 0 : pausedUntilNs - nowNs;
    }

    /** False once it is closed or its descriptor has failed for good. */
    final boolean isOpen() {
        return !closing && !broken;
    }

    private void deliver(int buffer, int bytes) {
        final RxSlot slot = ring.claim();
        if (slot == null) {
            drops.count(DropReason.RING_FULL);
            buffers.giveBack(buffer);
            return;
        }
        slot.buffer = buffer;
        fill(slot, buffers.address(buffer), bytes);
        ring.publish();
    }

    /** Cancels the waiting read and runs {@code done} when nothing is under way. */
    final void close(Runnable done) {
        whenClosed = done;
        closing = true;
        if (outstanding == 0) {
            registration.cancel();
        } else {
            registration.submit(Uring.cancel(waitingId, CANCEL_TAG));
        }
    }

    @Override
    public final void registered() {
        // The registration arrives through attach().
    }

    @Override
    public final void unregistered() {
        if (whenClosed != null) {
            whenClosed.run();
        }
    }

    @Override
    public final void close() {
        if (!closing) {
            close(null);
        }
    }
}
