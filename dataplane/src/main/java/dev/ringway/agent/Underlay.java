package dev.ringway.agent;

import dev.ringway.config.SwitchConfig;
import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;

/**
 * The interface below the tunnel.
 *
 * @param interfaceName its name
 * @param mtu           its MTU in bytes, at most 65535, the largest IP packet
 */
record Underlay(String interfaceName, int mtu) {
    private static final int MOST_MTU = 65_535;
    private static final int LEAST_MTU4 = 68;
    private static final int LEAST_MTU6 = 1280;

    /** Finds the interface that the configuration names, or else the one that carries this node's address. */
    static Underlay find(SwitchConfig config) throws StartException {
        final IpAddress address = config.self().address();
        final String text = IpText.text(address);
        try {
            final NetworkInterface carrier = NetworkInterface.getByInetAddress(InetAddress.ofLiteral(text));
            if (carrier == null) {
                throw new StartException("no interface of this machine carries " + text + ", the address of node "
                        + config.node() + " in cluster.nodes; put it on an interface, or correct the key");
            }
            final String wanted = config.underlayInterface();
            final NetworkInterface chosen = wanted == null ? carrier : NetworkInterface.getByName(wanted);
            if (chosen == null) {
                throw new StartException("underlay.interface: there is no interface " + wanted);
            }
            return new Underlay(chosen.getName(), Math.min(MOST_MTU, chosen.getMTU()));
        } catch (IOException e) {
            throw new StartException("looking for the interface that carries " + text + ": " + e.getMessage());
        }
    }

    /** Pods' MTU: what is configured, or what this interface leaves for inner packets. */
    int podMtu(SwitchConfig config) throws StartException {
        if (config.mtu() != 0) {
            return config.mtu();
        }
        final int left = largestInner(config);
        final boolean ipv6 = config.cluster().podCidrs().stream().anyMatch(range -> range.version() == 6);
        final int least = ipv6 ? LEAST_MTU6 : LEAST_MTU4;
        if (left < least) {
            throw new StartException("the MTU of " + interfaceName + " is " + mtu + " bytes, which leaves " + left
                    + " for pods' packets; " + (ipv6 ? "IPv6 pods" : "pods") + " need " + least
                    + ": raise it, choose another underlay.interface" + (ipv6 ? ", or set mtu" : ""));
        }
        return left;
    }

    /** The largest inner packet that crosses this interface whole. */
    int largestInner(SwitchConfig config) {
        return mtu - config.encap().tunnel().overhead(config.self().address().version());
    }
}
