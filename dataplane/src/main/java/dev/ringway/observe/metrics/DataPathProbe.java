package dev.ringway.observe.metrics;

import dev.ringway.control.IpText;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.fib.IpAddress;
import dev.ringway.packet.DropReason;
import dev.ringway.podnet.HostNetwork;
import dev.ringway.shard.Dataplane;
import dev.ringway.snapshot.Self;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends a packet the real way: the node opens a TCP connection to the network address of its own pod range, where
 * nobody can be. The kernel hands the SYN to the node's device, the switch reads it, drops it for
 * {@link DropReason#PROBE} and refuses it, and the kernel gets the reset by the same device. That it is refused, and
 * that the drop was counted, shows that the whole way works. Once for each IP version of the node's ranges.
 *
 * <p>Waits for packets: for a thread that may, and one at a time.
 */
public final class DataPathProbe {
    /** The kernel sends the SYN again after a second. */
    private static final int PATIENCE_MS = 2_500;
    /** The port discard: no NodePort, and so nothing is there. */
    private static final int PORT = 9;
    private static final double NS = 1e-9;

    private final SnapshotPublisher publisher;
    private final Dataplane dataplane;
    private final HostNetwork host;
    private final String device;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile double seconds;

    /** @param device name of the node's own device */
    public DataPathProbe(SnapshotPublisher publisher, Dataplane dataplane, HostNetwork host, String device) {
        this.publisher = publisher;
        this.dataplane = dataplane;
        this.host = host;
        this.device = device;
    }

    /** What is wrong, or null if packets pass. */
    public String run() {
        if (!isConnected()) {
            return device + ", the node's own device, is not connected; the log tells why";
        }
        final long beganNs = System.nanoTime();
        final Self self = publisher.current().self();
        String problem = null;
        for (int version = 4; version <= 6 && problem == null; version += 2) {
            final IpAddress target = self.serviceAddress(version);
            problem = target == null ? null : refused(target);
        }
        seconds = (System.nanoTime() - beganNs) * NS;
        (problem == null ? passed : failed).incrementAndGet();
        return problem;
    }

    private String refused(IpAddress target) {
        final long before = dataplane.drops(DropReason.PROBE);
        final String way = "a connection from the node through " + device + " to " + IpText.text(target);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address(target), PORT), PATIENCE_MS);
            return way + " was accepted, by something that is not the switch";
        } catch (SocketTimeoutException e) {
            return way + (dataplane.drops(DropReason.PROBE) == before
                    ? " does not reach the switch: look at ip link show " + device + " and the node's firewall"
                    : " reaches the switch, but its answer does not come back: look at the node's firewall");
        } catch (IOException e) {
            // A refusal alone could be somebody else's.
            return e instanceof ConnectException && dataplane.drops(DropReason.PROBE) != before ? null
                    : way + " does not reach the switch (" + e.getMessage() + "): look at ip link show " + device
                            + " and ip route get " + IpText.text(target);
        }
    }

    private static InetAddress address(IpAddress address) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(16).putLong(address.hi()).putLong(address.lo());
        final byte[] raw = new byte[address.version() == 4 ? 4 : 16];
        bytes.get(0, raw);
        return InetAddress.getByAddress(raw);
    }

    boolean isConnected() {
        return host.port() != null;
    }

    void collect(Sheet sheet) {
        sheet.put(Metric.PROBES, passed.get(), "passed");
        sheet.put(Metric.PROBES, failed.get(), "failed");
        sheet.put(Metric.PROBE_SECONDS, seconds);
    }
}
