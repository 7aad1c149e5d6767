package dev.ringway.podnet;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;

/**
 * A port of the node that leads to a pod.
 *
 * @param protocol      tcp, udp or sctp
 * @param hostIp        the node's address that has it, or null: any
 * @param hostVersion   IP version when hostIp is null: 4 or 6, or 0 for both
 * @param hostPort      the node's port
 * @param containerPort the pod's
 */
public record HostPort(String protocol, IpAddress hostIp, int hostVersion, int hostPort, int containerPort) {
    /** True if both would take the same packet. */
    boolean conflicts(HostPort other) {
        return protocol.equals(other.protocol) && hostPort == other.hostPort
                && (hostIp == null || other.hostIp == null ? has(4) && other.has(4) || has(6) && other.has(6)
                : hostIp.equals(other.hostIp));
    }

    /** True if it can lead packets of this IP version. */
    boolean has(int version) {
        return hostIp != null ? hostIp.version() == version : hostVersion == 0 || hostVersion == version;
    }

    @Override
    public String toString() {
        return protocol + " port " + hostPort + (hostIp == null ? "" : " of " + IpText.text(hostIp));
    }
}
