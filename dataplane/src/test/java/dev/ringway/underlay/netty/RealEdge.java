package dev.ringway.underlay.netty;

import dev.ringway.fib.IpAddress;
import dev.ringway.linux.Mapping;
import dev.ringway.linux.NetNs;
import dev.ringway.linux.SockAddr;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxSlot;
import dev.ringway.ring.RxRing;
import dev.ringway.ring.TxRing;
import dev.ringway.tun.TunDevice;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.SelfTest;
import dev.ringway.underlay.UnderlayOffloads;
import dev.ringway.underlay.UnderlaySockets;
import dev.ringway.wire.Memory;
import dev.ringway.wire.VnetHdr;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A {@link UringIo} on a real TUN device and real sockets in a namespace of its own, driven by hand by the test's
 * thread, which is both I/O and switch thread, inside the namespace. The device {@code t0} has 10.246.0.1/24; the
 * underlay is 127.0.0.1.
 */
final class RealEdge implements AutoCloseable {
    static final int PORT = 4789;
    static final int MTU = 1400;
    private static final String NAMESPACE = "rwe-edge";
    private static final int TX_SLOTS = 64;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    final DropCounters drops = new DropCounters();
    final List<int[]> learned = new ArrayList<>();
    final RxRing receive;
    final TxRing transmit;
    final Buffers buffers;
    final TunPort port;
    final UnderlayOffloads offloads;
    private final UnderlaySockets sockets;
    private final Mapping memory;
    private final Mapping transmitMemory;
    private final TunDevice.Opened device;
    private final List<Received> received = new ArrayList<>();
    private final RxRing.Poller poller = RxRing.adapt(this::keep);
    private final UringIo io;
    private long last = -1;

    /** What arrived in the receive ring. */
    record Received(int port, byte[] header, byte[] bytes, int segmentSize, int tos, IpAddress source) {
    }

    /** What a test does with an edge. */
    interface Body {
        void accept(RealEdge edge) throws IOException;
    }

    /**
     * Makes the namespace, runs a test's body on a thread inside it, and removes it.
     *
     * @param slots capacity of the receive ring
     */
    static void with(int slots, Body body) throws IOException {
        final Path netns = Path.of("/run/netns", NAMESPACE);
            if (Files.exists(netns)) {
            run("ip", "netns", "del", NAMESPACE);
        }
        run("ip", "netns", "add", NAMESPACE);
        try {
            NetNs.call(netns, () -> {
                try (RealEdge edge = new RealEdge(slots)) {
                    body.accept(edge);
                }
                return null;
            });
        } finally {
            run("ip", "netns", "del", NAMESPACE);
        }
    }

    private RealEdge(int slots) throws IOException {
        // The kernel's own multicast would come between what the test sends.
        run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
        run("ip", "link", "set", "lo", "up");
        device = TunDevice.open(null, "t0", true);
        run("ip", "link", "set", "t0", "mtu", Integer.toString(MTU), "up");
        run("ip", "addr", "add", "10.246.0.1/24", "dev", "t0");
        port = new TunPort(3, "test/edge", "t0", device.fd(), device.offloads(), MTU, false, 0, 1);
        memory = Mapping.allocate((slots + 128L) * Buffers.STRIDE);
        buffers = new Buffers(memory.address(), slots + 128);
        receive = new RxRing(slots, buffers);
        transmitMemory = Mapping.allocate((TX_SLOTS + 1L) * TxSlot.STRIDE);
        transmit = new TxRing(TX_SLOTS, transmitMemory.address(), receive);
        final IpAddress own = new IpAddress(4, 0x7F000001L << 32, 0);
        offloads = SelfTest.run(own, true, true);
        sockets = new UnderlaySockets(
                new UnderlaySockets.Settings(own, PORT, 4, 1 << 20, 1 << 20, offloads.gro(), true), 0);
        io = new UringIo(receive, transmit, buffers, drops, sockets, offloads,
                (vtep, mtu) -> learned.add(new int[] {vtep, mtu}));
        io.start();
        io.addPort(port, true);
    }

    /** A client's socket in the namespace, bound to 127.0.0.1 or to the device's address. */
    DatagramSocket socket(String address) throws IOException {
        final DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        socket.setSoTimeout(5_000);
        return socket;
    }

    /** A slot to fill; {@link #send} sends all. */
    TxSlot slot(int kind) {
        final TxSlot slot = transmit.claim();
        slot.kind = kind;
        slot.segments = 1;
        return slot;
    }

    /** A slot that writes a packet, in several pieces, to the device. */
    void write(byte[] header, byte[]... pieces) {
        final TxSlot slot = slot(TxSlot.TUN);
        slot.port = port.number();
        append(slot, header);
        for (byte[] piece : pieces) {
            append(slot, piece);
        }
    }

    /** A slot that sends to a UDP port of 127.0.0.1. */
    TxSlot sendTo(int udpPort, int socket) {
        final TxSlot slot = slot(TxSlot.UDP);
        slot.name = slot.scratch(SockAddr.MAX_LENGTH);
        slot.nameLength = SockAddr.write(slot.name, 4, 0x7F000001L << 32, 0, udpPort);
        slot.socket = socket;
        slot.vtep = 5;
        return slot;
    }

    void append(TxSlot slot, byte[] bytes) {
        final long at = slot.scratch(bytes.length);
        Memory.putBytes(at, bytes);
        slot.append(at, bytes.length);
    }

    /** Publishes what was filled and waits until the kernel has completed it. */
    void send() {
        transmit.publish(last);
        until("sends to complete", () -> transmit.depth() == 0);
    }

    /** Drives the ring until so many have arrived since the last call, and takes them. */
    List<Received> take(int count) {
        until(count + " packets", () -> {
            receive.poll(poller);
            return received.size() >= count;
        });
        final List<Received> taken = List.copyOf(received);
        received.clear();
        transmit.publish(last);
        until("buffers to be released", () -> transmit.depth() == 0);
        return taken;
    }

    void until(String what, BooleanSupplier condition) {
        final long deadline = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean()) {
            io.poll(false);
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
        }
    }

    UringIo io() {
        return io;
    }

    private boolean keep(RxSlot slot, long sequence, boolean endOfBatch) {
        last = sequence;
        final byte[] bytes = new byte[slot.length];
        Memory.getBytes(slot.data, bytes);
        final byte[] header = new byte[VnetHdr.LENGTH];
        Memory.getBytes(slot.data - VnetHdr.LENGTH, header);
        received.add(new Received(slot.port, header, bytes, slot.segmentSize, slot.tos,
                slot.port == RxSlot.UNDERLAY ? new IpAddress(4, slot.sourceHi, slot.sourceLo) : null));
        return true;
    }

    static void run(String... command) throws IOException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String said = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() throws IOException {
        io.close();
        sockets.close();
        TunDevice.remove(device);
        memory.close();
        transmitMemory.close();
    }
}
