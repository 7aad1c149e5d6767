package dev.ringway.service;

import dev.ringway.conntrack.Flow;
import dev.ringway.packet.Packet;

/** What the packets of a flow, and errors about them, get in the place of their addresses and ports. Stateless. */
public final class FlowTranslation {
    private FlowTranslation() {
    }

    /** @param reply the packet is the backend's */
    public static void apply(Packet p, long flow, boolean reply) {
        final boolean masqueraded = Flow.isMasqueraded(flow);
        if (reply) {
            NatRewriter.source(p, Flow.vipHi(flow), Flow.vipLo(flow), Flow.vipPort(flow));
            if (masqueraded) {
                NatRewriter.destination(p, Flow.clientHi(flow), Flow.clientLo(flow), Flow.clientPort(flow));
            }
        } else {
            NatRewriter.destination(p, Flow.backendHi(flow), Flow.backendLo(flow), Flow.backendPort(flow));
            if (masqueraded) {
                NatRewriter.source(p, Flow.seenHi(flow), Flow.seenLo(flow), Flow.seenPort(flow));
            }
        }
    }

    /**
     * The same for an ICMP error: its receiver must see the packet that it sent itself; who sent the error may be a
     * router.
     *
     * @param reply the error goes the way of the backend's packets, to the client
     */
    public static void applyToError(Packet p, long flow, boolean reply) {
        if (reply) {
            if (p.sourceHi == Flow.backendHi(flow) && p.sourceLo == Flow.backendLo(flow)) {
                IcmpQuote.outerSource(p, Flow.vipHi(flow), Flow.vipLo(flow));
            }
            IcmpQuote.source(p, Flow.clientHi(flow), Flow.clientLo(flow), Flow.clientPort(flow));
            IcmpQuote.destination(p, Flow.vipHi(flow), Flow.vipLo(flow), Flow.vipPort(flow));
            IcmpQuote.outerDestination(p, Flow.clientHi(flow), Flow.clientLo(flow));
        } else {
            IcmpQuote.outerSource(p, Flow.seenHi(flow), Flow.seenLo(flow));
            IcmpQuote.source(p, Flow.backendHi(flow), Flow.backendLo(flow), Flow.backendPort(flow));
            IcmpQuote.destination(p, Flow.seenHi(flow), Flow.seenLo(flow), Flow.seenPort(flow));
            IcmpQuote.outerDestination(p, Flow.backendHi(flow), Flow.backendLo(flow));
        }
    }
}
