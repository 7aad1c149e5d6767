package dev.ringway.underlay;

import dev.ringway.encap.EntropyPort;
import dev.ringway.fib.IpAddress;
import dev.ringway.linux.Errno;
import dev.ringway.linux.Fd;
import dev.ringway.linux.LinuxException;
import dev.ringway.linux.Sockets;
import java.util.ArrayList;
import java.util.List;

/**
 * The UDP sockets of one shard: one that receives on the tunnel's port, and several bound to ports of the dynamic
 * range that it sends from. Outer DF is always set and nothing is fragmented locally (RFC 7348 sec. 4.3).
 */
public final class UnderlaySockets implements AutoCloseable {
    private final int version;
    private final Fd receive;
    private final List<Fd> sources = new ArrayList<>();
    private final int[] sourcePorts;

    /** What the sockets need to know. */
    public record Settings(IpAddress address, int port, int sourcePorts, int receiveBuffer, int sendBuffer,
            boolean gro, boolean checksum) {
    }

    /** @param firstSource where in the dynamic range to start looking for source ports; differs between shards */
    public UnderlaySockets(Settings settings, int firstSource) throws LinuxException {
        version = settings.address().version();
        sourcePorts = new int[settings.sourcePorts()];
        receive = Sockets.udp(version);
        try {
            openReceive(settings);
            int port = EntropyPort.FIRST + Math.floorMod(firstSource, EntropyPort.LAST - EntropyPort.FIRST);
            while (sources.size() < settings.sourcePorts()) {
                if (port > EntropyPort.LAST) {
                    port = EntropyPort.FIRST;
                }
                openSource(settings, port++);
            }
        } catch (LinuxException e) {
            close();
            throw e;
        }
    }

    private void openReceive(Settings settings) throws LinuxException {
        Sockets.set(receive, Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT, 1, "SO_REUSEPORT");
        Sockets.set(receive, Sockets.SOL_SOCKET, Sockets.SO_RCVBUFFORCE, settings.receiveBuffer(), "SO_RCVBUFFORCE");
        if (version == 4) {
            Sockets.set(receive, Sockets.SOL_IP, Sockets.IP_RECVTOS, 1, "IP_RECVTOS");
        } else {
            Sockets.set(receive, Sockets.SOL_IPV6, Sockets.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
            Sockets.set(receive, Sockets.SOL_IPV6, Sockets.IPV6_RECVTCLASS, 1, "IPV6_RECVTCLASS");
            // RFC 7348 sec. 5: a zero checksum must be accepted; IPv6 sockets refuse it by default.
            Sockets.set(receive, Sockets.SOL_UDP, Sockets.UDP_NO_CHECK6_RX, 1, "UDP_NO_CHECK6_RX");
        }
        if (settings.gro()) {
            Sockets.set(receive, Sockets.SOL_UDP, Sockets.UDP_GRO, 1, "UDP_GRO");
        }
        try {
            Sockets.bind(receive, version, settings.address().hi(), settings.address().lo(), settings.port());
        } catch (LinuxException e) {
            if (e.errno() == Errno.EADDRINUSE) {
                throw new LinuxException("underlay UDP port " + settings.port() + " is taken, perhaps by a kernel VXLAN"
                        + " device ('ip -d link show type vxlan'); set encap.port or remove the device", e.errno());
            }
            throw e;
        }
    }

    private void openSource(Settings settings, int port) throws LinuxException {
        final Fd socket = Sockets.udp(version);
        try {
            Sockets.set(socket, Sockets.SOL_SOCKET, Sockets.SO_SNDBUFFORCE, settings.sendBuffer(), "SO_SNDBUFFORCE");
            if (version == 4) {
                Sockets.set(socket, Sockets.SOL_IP, Sockets.IP_MTU_DISCOVER, Sockets.IP_PMTUDISC_DO,
                        "IP_MTU_DISCOVER");
            } else {
                Sockets.set(socket, Sockets.SOL_IPV6, Sockets.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
                Sockets.set(socket, Sockets.SOL_IPV6, Sockets.IPV6_MTU_DISCOVER, Sockets.IP_PMTUDISC_DO,
                        "IPV6_MTU_DISCOVER");
                Sockets.set(socket, Sockets.SOL_IPV6, Sockets.IPV6_DONTFRAG, 1, "IPV6_DONTFRAG");
            }
            if (!settings.checksum()) {
                Sockets.set(socket, Sockets.SOL_SOCKET, Sockets.SO_NO_CHECK, 1, "SO_NO_CHECK");
                if (version == 6) {
                    Sockets.set(socket, Sockets.SOL_UDP, Sockets.UDP_NO_CHECK6_TX, 1, "UDP_NO_CHECK6_TX");
                }
            }
            Sockets.bind(socket, version, settings.address().hi(), settings.address().lo(), port);
            sourcePorts[sources.size()] = port;
            sources.add(socket);
        } catch (LinuxException e) {
            socket.close();
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
        }
    }

    /** 4 or 6. */
    public int version() {
        return version;
    }

    public Fd receive() {
        return receive;
    }

    public Fd source(int i) {
        return sources.get(i);
    }

    public int sourcePort(int i) {
        return sourcePorts[i];
    }

    @Override
    public void close() {
        receive.close();
        sources.forEach(Fd::close);
    }
}
