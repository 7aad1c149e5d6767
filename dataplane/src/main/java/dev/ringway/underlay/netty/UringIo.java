package dev.ringway.underlay.netty;

import dev.ringway.encap.TunnelSettings;
import dev.ringway.linux.Sockets;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.TxSlot;
import dev.ringway.ring.RxRing;
import dev.ringway.ring.TxRing;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.PacketIo;
import dev.ringway.underlay.UnderlayOffloads;
import dev.ringway.underlay.UnderlaySockets;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One io_uring for all of a shard's descriptors, driven by hand through Netty's ManualIoEventLoop: TUN devices and UDP
 * sockets are handles of our own on it. A round is one io_uring_enter: it submits the sends of the last batch and the
 * reads of the next, and brings back what has completed.
 */
public final class UringIo implements PacketIo {
    private static final int RING_SIZE = 512;

    private final RxRing receive;
    private final TxRing transmit;
    private final Buffers buffers;
    private final DropCounters drops;
    private final UnderlaySockets sockets;
    private final Sender sender;
    private final TxRing.Poller submit;
    private final List<Reader> readers = new ArrayList<>();
    private final ArrayDeque<Reader> due = new ArrayDeque<>();
    private int outstanding;
    private long nextReadNs;
    private final ManualIoEventLoop loop;

    /**
     * @param pathMtu told of a destination whose datagram was too large: VTEP number and the kernel's path MTU
     */
    public UringIo(RxRing receive, TxRing transmit, Buffers buffers, DropCounters drops, UnderlaySockets sockets,
            UnderlayOffloads offloads, PathMtuListener pathMtu) {
        IoUring.ensureAvailability();
        this.receive = receive;
        this.transmit = transmit;
        this.buffers = buffers;
        this.drops = drops;
        this.sockets = sockets;
        sender = new Sender(transmit, sockets, offloads, drops, slot -> learnPathMtu(slot, pathMtu));
        submit = TxRing.adapt(sender::submit);
        loop = new ManualIoEventLoop(null,
                IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setRingSize(RING_SIZE)));
    }

    /** Receives path MTUs; I/O thread. */
    public interface PathMtuListener {
        void learned(int vtep, int mtu);
    }

    @Override
    public void start() {
        loop.setOwningThread(Thread.currentThread());
        sender.attach(register(sender));
        addReader(new UdpReader(sockets.receive().number(), sockets.version(), receive, buffers, drops,
                this::readCompleted));
    }

    @Override
    public int poll(boolean mayBlock) {
        transmit.poll(submit);
        transmit.advance();
        submitReads();
        final int done = loop.run(waitNs(mayBlock));
        transmit.advance();
        return done;
    }

    /** As ManualIoEventLoop.run wants it: -1 not to wait, 0 to wait without limit. */
    private long waitNs(boolean mayBlock) {
        if (!mayBlock || transmit.hasWork()) {
            return -1;
        }
        return nextReadNs == Long.MAX_VALUE ? 0 : nextReadNs;
    }

    /** Submits the bursts that are due; leaves in nextReadNs how long the next round may wait for the others. */
    private void submitReads() {
        nextReadNs = Long.MAX_VALUE;
        for (int left = due.size(); left > 0; left--) {
            final Reader reader = due.poll();
            if (!reader.isOpen()) {
                continue;
            }
            final long pause = reader.isLimited() ? reader.pauseNs(System.nanoTime()) : 0;
            if (pause > 0) {
                nextReadNs = Math.min(nextReadNs, pause);
                due.add(reader);
                continue;
            }
            final int submitted = reader.submit(receive.capacity() - receive.depth() - outstanding);
            outstanding += submitted;
            if (submitted == 0) {
                nextReadNs = -1;
                due.add(reader);
            }
        }
    }

    private void readCompleted(Reader reader, boolean isDue) {
        outstanding--;
        if (isDue) {
            due.add(reader);
        }
    }

    @Override
    public void wakeup() {
        loop.wakeup();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void addPort(TunPort port, boolean read) {
        sender.addPort(port);
        if (read) {
            addReader(new TunReader(port, receive, buffers, drops, this::readCompleted));
        }
    }

    @Override
    public void removePort(TunPort port, Runnable done) {
        sender.removePort(port);
        for (Reader reader : readers) {
            if (reader instanceof TunReader tun && tun.reads(port)) {
                readers.remove(reader);
                reader.close(done);
                return;
            }
        }
        done.run();
    }

    private boolean learnPathMtu(TxSlot slot, PathMtuListener listener) {
        final int mtu = Sockets.pathMtu(sockets.version(), slot.name, slot.nameLength);
        if (mtu <= 0 || slot.segmentSize + TunnelSettings.outerHeaders(sockets.version()) <= mtu) {
            return false;
        }
        listener.learned(slot.vtep, mtu);
        return true;
    }

    private void addReader(Reader reader) {
        reader.attach(register(reader));
        readers.add(reader);
        due.add(reader);
    }

    private IoRegistration register(IoUringIoHandle handle) {
        return loop.register(handle).syncUninterruptibly().getNow();
    }

    @Override
    public int sourcePort(int socket) {
        return sockets.sourcePort(socket);
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }
}
