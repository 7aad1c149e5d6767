package dev.ringway.underlay;

import dev.ringway.tun.TunPort;

/**
 * The edge between one shard's rings and the kernel: fills the receive ring from TUN devices and the underlay's
 * socket, and carries out what the transmit ring holds. All methods but {@link #wakeup}, {@link #execute} and
 * {@link #sourcePort} belong to the shard's I/O thread.
 */
public interface PacketIo extends AutoCloseable {
    /** Binds to the calling thread, which from now on is the I/O thread. */
    void start();

    /**
     * One round: submits what the transmit ring holds and reads that are due, collects completions.
     *
     * @param mayBlock true to wait until something happens if nothing has
     * @return number of completions and tasks handled
     */
    int poll(boolean mayBlock);

    /** Interrupts a waiting {@link #poll}; any thread. */
    void wakeup();

    /** Runs something on the I/O thread soon; any thread. */
    void execute(Runnable task);

    /** Lets this shard write to a port, and read from it if {@code read}. */
    void addPort(TunPort port, boolean read);

    /** Stops using a port; {@code done} runs when nothing of it is under way any more. */
    void removePort(TunPort port, Runnable done);

    /** UDP port of one of the sockets that datagrams are sent from; any thread. */
    int sourcePort(int socket);

    /** Cancels what is under way and frees the ring. */
    @Override
    void close();
}
