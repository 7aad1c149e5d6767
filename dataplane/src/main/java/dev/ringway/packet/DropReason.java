package dev.ringway.packet;

/**
 * Why a packet was dropped. One line here gives the counter, its text in {@code ringway counters} and its
 * documentation.
 */
public enum DropReason {
    RING_FULL("receive ring full: the switch thread is behind"),
    TRANSMIT_FULL("transmit ring full: one received train needed more sends than fit"),
    MALFORMED_IP("IP header truncated, of a wrong length or of an unknown version"),
    MALFORMED_OFFLOAD("virtio_net_hdr contradicts the packet"),
    BAD_IP_CHECKSUM("IPv4 header checksum wrong"),
    SOURCE_ROUTE("IPv4 source routing option (RFC 7126)"),
    ROUTING_HEADER_0("IPv6 routing header type 0 (RFC 5095)"),
    MARTIAN_SOURCE("source address that may not appear on a link (RFC 1812 sec. 5.3.7)"),
    MARTIAN_DESTINATION("destination address that may not be forwarded"),
    LINK_SCOPE("multicast, broadcast or link-local packet, which never crosses the switch"),
    SPOOFED_SOURCE("source address that does not belong to where the packet came from (RFC 3704)"),
    TTL_EXPIRED("TTL or hop limit reached zero; answered by time exceeded"),
    TOO_BIG("larger than the path's MTU; answered by fragmentation needed or packet too big"),
    UNREACHABLE("no such pod in the cluster's ranges; answered by host unreachable"),
    NO_ROUTE("no route at all; answered by unreachable"),
    UNKNOWN_PEER("datagram from an underlay address that is no node of the cluster"),
    MALFORMED_TUNNEL("tunnel header truncated"),
    VXLAN_FLAGS("VXLAN header without the I flag"),
    UNKNOWN_VNI("VXLAN network identifier is not ours"),
    GRE_FLAGS("GRE header with bits that must be zero, or of another version"),
    GRE_KEY("GRE key missing, unexpected or wrong"),
    GRE_CHECKSUM("GRE checksum wrong"),
    INNER_TYPE("inner frame is neither IPv4, IPv6 nor ARP (802.1Q tags are not carried)"),
    INNER_MAC("inner destination MAC is not this node's, or inner source MAC is ours or a group"),
    NOT_LOCAL("tunnelled packet for a destination that is not on this node"),
    ECN_CONGESTED("congestion mark on a packet whose sender does not know ECN (RFC 6040)"),
    SERVICE_REFUSED("Service without endpoints, or a cluster IP's port without a Service; answered by a reset or"
            + " port unreachable"),
    SERVICE_NO_LOCAL("traffic policy Local and no endpoint of the Service on this node"),
    SERVICE_SOURCE("client outside the Service's loadBalancerSourceRanges"),
    SERVICE_NO_FLOW("TCP segment or SCTP packet to a Service of a connection that is not known; answered by a reset or"
            + " port unreachable"),
    SERVICE_BACKEND_GONE("TCP segment of a connection whose pod is gone, answered by a reset; or another node's word"
            + " that it is"),
    FLOW_TABLE_FULL("no room for another flow in the flow table (services.maxFlows), or for news of one to the shard"
            + " that its answers pass"),
    FLOW_NO_PORT("no free source port for a masqueraded flow"),
    FLOW_INVALID("segment that does not belong to its connection's state (RFC 9293)"),
    FRAGMENT_UNKNOWN("fragment whose datagram's first one, which has the ports, did not come"),
    PROBE("the node's own connection that tests the way through the switch (/readyz); answered by a reset"),
    INTERNAL("a defect of the switch itself; the log has the stack trace"),
    PORT_GONE("the pod's device is being connected or taken off"),
    BANDWIDTH("over the pod's bandwidth limit towards it"),
    TUN_WRITE("the kernel refused a packet written to a TUN device"),
    UNDERLAY_SEND("the kernel refused a datagram on the underlay"),
    UNDERLAY_BUSY("send buffer of the underlay socket full"),
    UNDERLAY_TOO_BIG("datagram larger than the underlay's path MTU, which has been learned from it");

    private static final DropReason[] VALUES = values();

    private final String label;

    DropReason(String label) {
        this.label = label;
    }

    /** One line for people. */
    public String label() {
        return label;
    }

    /** True if who sent the packet is to be told as by a host on which nobody listens. */
    public boolean isRefusal() {
        return this == SERVICE_REFUSED || this == SERVICE_NO_FLOW || this == SERVICE_BACKEND_GONE;
    }

    public static int count() {
        return VALUES.length;
    }

    public static DropReason of(int ordinal) {
        return VALUES[ordinal];
    }
}
