package dev.ringway.lab;

import java.util.concurrent.CountDownLatch;

/**
 * While it is open, Ctrl-C (or SIGTERM, SIGHUP) interrupts the thread that opened it, and the JVM stays until that
 * thread has put things right and closed it. So one thread makes and unmakes the lab, never two at once.
 */
final class SignalScope implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread worker = Thread.currentThread();
    private final Thread hook = new Thread(this::onSignal, "lab-signal");
    private boolean signalled;
    private boolean shielded;

    SignalScope() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    synchronized boolean signalled() {
        return signalled;
    }

    /**
     * From now on the thread is not interrupted, for what must be done to its end. The lock matters: an interrupt is
     * seen by the thread before {@link Thread#interrupt} is through, and its rest would close the next file channel.
     */
    synchronized void shield() {
        shielded = true;
        Thread.interrupted();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending by a signal; the hook finds this closed and lets it go.
            return;
        }
    }

    private void onSignal() {
        interruptWorker();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void interruptWorker() {
        signalled = true;
        if (!shielded) {
            worker.interrupt();
        }
    }
}
