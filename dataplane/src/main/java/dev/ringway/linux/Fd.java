package dev.ringway.linux;

/** An open file descriptor, closed once. */
public final class Fd implements AutoCloseable {
    private final int number;
    private boolean closed;

    public Fd(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.close(number);
        }
    }
}
