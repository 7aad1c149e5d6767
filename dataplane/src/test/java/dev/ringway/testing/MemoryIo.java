package dev.ringway.testing;

import dev.ringway.encap.EntropyPort;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxSlot;
import dev.ringway.ring.RxRing;
import dev.ringway.ring.TxRing;
import dev.ringway.shard.Shard;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.PacketIo;
import dev.ringway.wire.VnetHdr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A shard's edge without a kernel, for tests and benchmarks: reads from a {@link Source}, hands what is sent to a
 * {@link Sink}. It keeps to the same rules as the edge on io_uring: buffers come from the shard's pool, a device
 * without virtio_net_hdr gets none, sends may complete late and in any order.
 *
 * <p>Threads as {@link PacketIo} says; allocates nothing while packets pass (unless completions are held).
 */
public final class MemoryIo implements PacketIo {
    private static final int BURST = 64;

    /** What there is to read; all methods are called by the I/O thread. */
    public interface Source {
        boolean isEmpty();

        /** Writes the next packet at {@code buffer + Buffers.DATA} and describes it, all but the buffer's number. */
        void read(RxSlot slot, long buffer);
    }

    /** Where sends go; called at their completion, when the kernel would have read the last byte. */
    public interface Sink {
        /** @param header bytes of virtio_net_hdr in front of the packet, 0 if there is none */
        void sent(TxSlot slot, int header);
    }

    private record Held(TxSlot slot, int header) {
    }

    private record Removal(int port, Runnable done) {
    }

    private final RxRing receive;
    private final TxRing transmit;
    private final Buffers buffers;
    private final DropCounters drops;
    private final Source source;
    private final Sink sink;
    private final boolean hold;
    private final TxRing.Poller submit = TxRing.adapt(this::submit);
    private final List<Held> held = new ArrayList<>();
    private final List<Removal> removals = new ArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private TunPort[] ports = new TunPort[16];
    private volatile Thread thread;
    private volatile boolean awake;

    /** @param hold true if sends complete only by {@link #complete} */
    public MemoryIo(Shard shard, Source source, Sink sink, boolean hold) {
        receive = shard.receive();
        transmit = shard.transmit();
        buffers = shard.buffers();
        drops = shard.ioDrops();
        this.source = source;
        this.sink = sink;
        this.hold = hold;
    }

    @Override
    public void start() {
        thread = Thread.currentThread();
    }

    @Override
    public int poll(boolean mayBlock) {
        awake = false;
        int done = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            done++;
        }
        if (transmit.poll(submit)) {
            done++;
        }
        transmit.advance();
        done += read();
        while (done == 0 && mayBlock && !awake && !transmit.hasWork()) {
            LockSupport.park(this);
        }
        return done;
    }

    private int read() {
        int count = 0;
        while (count < BURST && !source.isEmpty() && receive.depth() < receive.capacity()) {
            final int buffer = buffers.take();
            if (buffer < 0) {
                break;
            }
            final RxSlot slot = receive.claim();
            slot.buffer = buffer;
            source.read(slot, buffers.address(buffer));
            receive.publish();
            count++;
        }
        return count;
    }

    private void submit(TxSlot slot, long sequence) {
        if (slot.kind == TxSlot.RELEASE) {
            transmit.complete(slot);
            return;
        }
        int header = 0;
        if (slot.kind == TxSlot.TUN) {
            final TunPort port = ports[slot.port];
            if (port == null) {
                drops.add(DropReason.PORT_GONE, slot.segments);
                transmit.complete(slot);
                return;
            }
            header = VnetHdr.LENGTH;
            if (!port.offloads().vnetHdr()) {
                slot.trimFirst(VnetHdr.LENGTH);
                header = 0;
            }
        }
        if (hold) {
            held.add(new Held(slot, header));
        } else {
            sink.sent(slot, header);
            transmit.complete(slot);
        }
    }

    /** Number of sends that have been submitted and not completed. */
    public int held() {
        return held.size();
    }

    /** Completes one of the held sends; the next {@link #poll} notices. I/O thread. */
    public void complete(int i) {
        final Held done = held.remove(i);
        sink.sent(done.slot, done.header);
        transmit.complete(done.slot);
        finishRemovals();
    }

    private void finishRemovals() {
        removals.removeIf(removal -> {
            for (Held other : held) {
                if (other.slot.kind == TxSlot.TUN && other.slot.port == removal.port) {
                    return false;
                }
            }
            removal.done.run();
            return true;
        });
    }

    @Override
    public void wakeup() {
        awake = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wakeup();
    }

    @Override
    public void addPort(TunPort port, boolean read) {
        if (port.number() >= ports.length) {
            ports = Arrays.copyOf(ports, Math.max(ports.length * 2, port.number() + 1));
        }
        ports[port.number()] = port;
    }

    @Override
    public void removePort(TunPort port, Runnable done) {
        ports[port.number()] = null;
        removals.add(new Removal(port.number(), done));
        finishRemovals();
    }

    @Override
    public int sourcePort(int socket) {
        return EntropyPort.FIRST + socket;
    }

    @Override
    public void close() {
        // Nothing under way outlives the thread.
    }
}
