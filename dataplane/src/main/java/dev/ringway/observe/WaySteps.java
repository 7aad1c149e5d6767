package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Protocols;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.fib.Vtep;
import dev.ringway.packet.DropReason;
import dev.ringway.shard.Rehearsal;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;

/** What the stages of the egress path before and behind the Services have decided, in their order. */
final class WaySteps {
    private final Snapshot snapshot;
    private final Rehearsal rehearsal;
    private final TunPort from;

    WaySteps(Snapshot snapshot, Rehearsal rehearsal, TunPort from) {
        this.snapshot = snapshot;
        this.rehearsal = rehearsal;
        this.from = from;
    }

    /** @return false if the packet was dropped here */
    boolean before(Steps steps, Rehearsal.Question question, DropReason dropped) {
        final boolean martian = dropped == DropReason.MARTIAN_SOURCE || dropped == DropReason.MARTIAN_DESTINATION
                || dropped == DropReason.LINK_SCOPE;
        steps.add("addresses", martian ? "one of them may not cross a router" : "both may cross a router");
        if (martian) {
            return false;
        }
        final Prefix back = match(question.source());
        final boolean spoofed = dropped == DropReason.SPOOFED_SOURCE;
        steps.add("reverse path", (back == null ? "nothing" : IpText.text(back)) + " leads back to "
                + via(lookup(question.source())) + (spoofed ? ", not to where it comes from" : ""))
                .put("prefix", back == null ? "" : IpText.text(back));
        return !spoofed;
    }

    /** The way of a packet that was not dropped for a Service's sake. */
    void behind(Steps steps, Rehearsal.Outcome outcome) {
        final Prefix prefix = match(outcome.routed());
        steps.add("route", (prefix == null ? "none to " + IpText.text(outcome.routed())
                : IpText.text(prefix) + " leads to " + via(lookup(outcome.routed()))))
                .put("prefix", prefix == null ? "" : IpText.text(prefix)).put("to", IpText.text(outcome.routed()));
        if (outcome.dropped() != null) {
            return;
        }
        final Rehearsal.Output output = outcome.output();
        steps.add("TTL", output.ttl() == outcome.ttl() ? outcome.ttl() + " stays: the node's kernel is the hop"
                : outcome.ttl() + " becomes " + output.ttl()).put("before", outcome.ttl()).put("after", output.ttl());
        steps.add("MTU", "it has " + outcome.length() + " bytes, the way takes " + output.mtu())
                .put("length", outcome.length()).put("mtu", output.mtu());
        if (output.node() != null) {
            tunnel(steps, output);
        }
        final ObjectNode out = steps.add("out", where(output));
        if (output.node() == null) {
            out.put("device", output.port().device()).put("port", output.port().number());
        }
    }

    private void tunnel(Steps steps, Rehearsal.Output output) {
        final Vtep vtep = output.node();
        final String to = IpText.endpoint(new IpAddress(vtep.version(), vtep.hi(), vtep.lo()), rehearsal.tunnelPort());
        final String type = switch (rehearsal.tunnel()) {
            case VxlanSettings vxlan -> "VXLAN, VNI " + vxlan.vni();
            case GreSettings gre -> gre.keyed() ? "GRE-in-UDP, key " + Integer.toUnsignedLong(gre.key())
                    : "GRE-in-UDP without a key";
        };
        final ObjectNode step = steps.add("tunnel", type + ", to " + to + " from UDP port " + output.outerPort()
                + ", which the flow's hash has chosen").put("underlay", to).put("sourcePort", output.outerPort());
        switch (rehearsal.tunnel()) {
            case VxlanSettings vxlan -> step.put("type", "vxlan").put("vni", vxlan.vni());
            case GreSettings gre -> {
                step.put("type", "gre");
                if (gre.keyed()) {
                    step.put("key", Integer.toUnsignedLong(gre.key()));
                }
            }
        }
    }

    /** What was dropped, and what the sender hears of it. */
    static void dropped(Steps steps, Rehearsal.Outcome outcome) {
        steps.add("dropped", outcome.dropped() + ": " + outcome.dropped().label())
                .put("reason", outcome.dropped().name());
        if (outcome.output() != null) {
            final Rehearsal.Question answer = outcome.output().packet();
            steps.add("answer", (answer.protocol() == Protocols.TCP ? "a TCP reset" : "an ICMP error") + " from "
                    + IpText.text(answer.source())).put("from", IpText.text(answer.source()));
        }
    }

    static String where(Rehearsal.Output output) {
        if (output.node() != null) {
            return "node " + output.node().node() + " through the tunnel";
        }
        return output.port().isHost() ? "the node's kernel through " + output.port().device()
                : "pod " + output.port().name() + " on this node";
    }

    static String from(TunPort port, boolean node) {
        return port.isHost() ? (node ? "the node itself" : "somebody outside") + ", through " + port.device()
                : "pod " + port.name() + ", read by shard " + port.shard();
    }

    private Prefix match(IpAddress address) {
        return snapshot.fib().match(address.version(), address.hi(), address.lo());
    }

    private Adjacency lookup(IpAddress address) {
        return snapshot.fib().lookup(address.version(), address.hi(), address.lo());
    }

    private String via(Adjacency way) {
        if (way == null) {
            return "nowhere";
        }
        return switch (way.kind()) {
            case POD -> way.port() == from.number() ? "pod " + from.name() + ", where it comes from"
                    : "pod " + (snapshot.port(way.port()) == null ? "?" : snapshot.port(way.port()).name());
            case TUNNEL -> "node " + way.vtep().node();
            case HOST -> "the node's kernel";
            case UNREACHABLE -> "nobody";
        };
    }
}
