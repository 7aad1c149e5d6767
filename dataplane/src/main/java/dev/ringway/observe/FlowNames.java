package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Protocols;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Frontend;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.wire.IpProtocol;

/** A flow as the control socket tells it: by the addresses and names that people know. */
final class FlowNames {
    private final Places places;
    private final int nowS;

    FlowNames(Places places, int nowS) {
        this.places = places;
        this.nowS = nowS;
    }

    /** What the client has addressed, or null if no Service has it any more. */
    static Frontend frontend(Snapshot snapshot, long flow) {
        final int version = Flow.version(flow);
        final Frontend known = snapshot.services().lookup(version, Flow.vipHi(flow), Flow.vipLo(flow),
                Flow.protocol(flow), Flow.vipPort(flow));
        return known != null || Flow.entrance(flow) != 0 ? known
                : snapshot.nodePort(version, Flow.protocol(flow), Flow.vipPort(flow));
    }

    /** True if the client has addressed something else, in whose place the kernel has put the flow's address. */
    static boolean isToken(long flow, Frontend frontend) {
        return frontend != null && frontend.token && frontend.matchPort() == Flow.vipPort(flow)
                && frontend.matchHi() == Flow.vipHi(flow) && frontend.matchLo() == Flow.vipLo(flow);
    }

    void put(ObjectNode node, long flow) {
        final int version = Flow.version(flow);
        final Frontend frontend = frontend(places.snapshot(), flow);
        node.put("service", frontend == null ? "" : frontend.port.name)
                .put("protocol", Protocols.word(Flow.protocol(flow)))
                .put("client", end(flow, Flow.clientHi(flow), Flow.clientLo(flow), Flow.clientPort(flow)))
                .put("address", isToken(flow, frontend) ? IpText.endpoint(frontend.address, frontend.number)
                        : end(flow, Flow.vipHi(flow), Flow.vipLo(flow), Flow.vipPort(flow)))
                .put("backend", end(flow, Flow.backendHi(flow), Flow.backendLo(flow), Flow.backendPort(flow)))
                .put("seenAs", end(flow, Flow.seenHi(flow), Flow.seenLo(flow), Flow.seenPort(flow)))
                .put("masqueraded", Flow.isMasqueraded(flow)).put("state", FlowState.name(Flow.state(flow)))
                .put("ageSeconds", nowS - Flow.createdS(flow)).put("idleSeconds", nowS - Flow.lastSeenS(flow));
        putNames(node, "client", version, Flow.clientHi(flow), Flow.clientLo(flow));
        putNames(node, "backend", version, Flow.backendHi(flow), Flow.backendLo(flow));
        if (Flow.entrance(flow) != 0) {
            node.put("enteredBy", known(places.node(Flow.entrance(flow) - 1)));
        }
        if (Flow.isHandedOn(flow)) {
            node.put("handedOnTo", known(places.node(version, Flow.backendHi(flow), Flow.backendLo(flow))));
        }
        node.putObject("toBackend").put("packets", Flow.packets(flow, false)).put("bytes", Flow.bytes(flow, false));
        node.putObject("toClient").put("packets", Flow.packets(flow, true)).put("bytes", Flow.bytes(flow, true));
    }

    private void putNames(ObjectNode node, String end, int version, long hi, long lo) {
        final String pod = places.pod(version, hi, lo);
        final String of = places.node(version, hi, lo);
        if (pod != null) {
            node.put(end + "Pod", pod);
        }
        if (of != null) {
            node.put(end + "Node", of);
        }
    }

    private static String known(String node) {
        return node == null ? "unknown" : node;
    }

    /** An ICMP query has an identifier in the place of its client's port. */
    private static String end(long flow, long hi, long lo, int port) {
        final IpAddress address = new IpAddress(Flow.version(flow), hi, lo);
        final boolean icmp = Flow.protocol(flow) == IpProtocol.ICMP || Flow.protocol(flow) == IpProtocol.ICMPV6;
        return icmp && port != 0 ? IpText.text(address) + " id " + port : IpText.endpoint(address, port);
    }
}
