package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.Steered;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.shard.Dataplane;
import dev.ringway.shard.Rehearsal;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.IpProtocol;
import java.util.List;
import java.util.function.Supplier;

/**
 * {@code resolve}: where a client's first packet would go, and why: a made-up packet sent the real way. Arguments:
 * {@code source} and {@code destination} (addresses), {@code port}, {@code sourcePort}, {@code protocol}.
 */
public final class ResolveOp implements ControlOp {
    private static final int SOURCE_PORT = 40_000;
    private static final int MOST_PORT = 65_535;

    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final Supplier<List<Steered>> steered;

    /** @param steered what the node's kernel sends to the switch */
    public ResolveOp(Dataplane dataplane, SnapshotPublisher publisher, Supplier<List<Steered>> steered) {
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.steered = steered;
    }

    @Override
    public String name() {
        return "resolve";
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException {
        final Rehearsal.Question asked = question(arguments);
        final Snapshot snapshot = publisher.current();
        final ObjectNode result = JsonNodeFactory.instance.objectNode();
        final ArrayNode steps = result.putArray("steps");
        final TunPort from = from(snapshot, asked.source(), steps);
        final Rehearsal.Question question = from.isHost() ? steer(snapshot, asked, steps) : asked;
        service(snapshot, question, steps);
        final Rehearsal.Outcome outcome = dataplane.rehearsal().run(snapshot, from, question);
        final boolean delivered = outcome.dropped() == null && outcome.output() != null;
        result.put("delivered", delivered);
        if (delivered) {
            translation(question, outcome.output(), steps);
            step(steps, "route", where(outcome.output()));
            result.put("to", where(outcome.output()));
            result.put("packet", text(outcome.output().packet()));
        } else {
            dropped(outcome, result, steps);
        }
        return result;
    }

    private static void dropped(Rehearsal.Outcome outcome, ObjectNode result, ArrayNode steps) {
        if (outcome.dropped() == null) {
            step(steps, "dropped", "nothing came out, without a reason");
            return;
        }
        result.put("reason", outcome.dropped().name());
        step(steps, "dropped", outcome.dropped() + ": " + outcome.dropped().label());
        if (outcome.output() != null) {
            final Rehearsal.Question answer = outcome.output().packet();
            step(steps, "answer", (answer.protocol() == Protocols.TCP ? "a TCP reset" : "an ICMP error") + " from "
                    + IpText.text(answer.source()));
        }
    }

    private static Rehearsal.Question question(JsonNode arguments) throws ControlException {
        final IpAddress source = address(arguments, "source");
        final IpAddress destination = address(arguments, "destination");
        if (source.version() != destination.version()) {
            throw new ControlException("bad-request", "source and destination must be of one IP version");
        }
        final String word = arguments.path("protocol").asText("TCP");
        final int sourcePort = port(arguments, "sourcePort", SOURCE_PORT);
        if (word.equals("ICMP")) {
            return new Rehearsal.Question(source, sourcePort, destination, 0,
                    source.version() == 4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
        }
        final int protocol;
        try {
            protocol = Protocols.number(word);
        } catch (IllegalArgumentException e) {
            throw new ControlException("bad-request", "protocol must be TCP, UDP, SCTP or ICMP");
        }
        return new Rehearsal.Question(source, sourcePort, destination, port(arguments, "port", 0), protocol);
    }

    private static IpAddress address(JsonNode arguments, String key) throws ControlException {
        try {
            return IpText.address(arguments.path(key).asText());
        } catch (IllegalArgumentException e) {
            throw new ControlException("bad-request", key + ": " + e.getMessage());
        }
    }

    private static int port(JsonNode arguments, String key, int otherwise) throws ControlException {
        final int port = arguments.path(key).asInt(otherwise);
        if (port < 1 || port > MOST_PORT) {
            throw new ControlException("bad-request", key + " must be 1.." + MOST_PORT);
        }
        return port;
    }

    /** The port that such a source would come from. */
    private static TunPort from(Snapshot snapshot, IpAddress source, ArrayNode steps) throws ControlException {
        final Adjacency back = snapshot.fib().lookup(source.version(), source.hi(), source.lo());
        if (back != null && back.kind() == Adjacency.Kind.TUNNEL) {
            throw new ControlException("bad-request", IpText.text(source) + " is behind node " + back.vtep().node()
                    + ", whose switch decides; ask there");
        }
        final TunPort port = back == null ? null : snapshot.port(back.port());
        if (port == null) {
            throw new ControlException("bad-request", IpText.text(source) + " is no pod of this node, and not outside");
        }
        step(steps, "from", port.isHost() ? "the node or somebody outside, through " + port.device()
                : "pod " + port.name());
        return port;
    }

    /** What comes from outside has been addressed anew by the kernel, unless backends answer clients directly. */
    private Rehearsal.Question steer(Snapshot snapshot, Rehearsal.Question question, ArrayNode steps) {
        final IpAddress to = question.destination();
        final Frontend frontend = snapshot.services().lookup(to.version(), to.hi(), to.lo(), question.protocol(),
                question.destinationPort());
        final IpAddress serviceAddress = snapshot.self().serviceAddress(to.version());
        if (frontend == null || frontend.kind == Kind.CLUSTER_IP || serviceAddress == null) {
            return question;
        }
        if (snapshot.self().outsideClients() == OutsideClients.DIRECT
                && !snapshot.self().isNode(to.version(), question.source().hi(), question.source().lo())) {
            step(steps, "kernel", "nftables (table inet ringway_services) marks it, and policy routing of the mark"
                    + " takes it to the switch as it is");
            return question;
        }
        for (Steered one : steered.get()) {
            if (one.version() == to.version() && one.protocol() == question.protocol()
                    && one.port() == question.destinationPort()
                    && (one.address() == null ? frontend.kind == Kind.NODE_PORT : one.address().equals(to))) {
                step(steps, "kernel", "nftables (table inet ringway_services) steers "
                        + IpText.endpoint(to, question.destinationPort()) + " to "
                        + IpText.endpoint(serviceAddress, one.token()) + ", which is behind the switch");
                return new Rehearsal.Question(question.source(), question.sourcePort(), serviceAddress, one.token(),
                        question.protocol());
            }
        }
        return question;
    }

    private static void service(Snapshot snapshot, Rehearsal.Question question, ArrayNode steps) {
        final IpAddress to = question.destination();
        final Frontend frontend = snapshot.services().lookup(to.version(), to.hi(), to.lo(), question.protocol(),
                question.destinationPort());
        if (frontend == null) {
            step(steps, "service", "none has " + IpText.endpoint(to, question.destinationPort()) + "/"
                    + Protocols.word(question.protocol()));
            return;
        }
        step(steps, "service", frontend.port.name + " by its " + ServicePage.kind(frontend) + " "
                + IpText.endpoint(frontend.address, frontend.number) + ": " + frontend.port.cluster.size()
                + " backends for new flows, " + frontend.port.local.size() + " of them on this node; balance "
                + ServicePage.word(frontend.port.balance)
                + (frontend.port.internalLocal ? ", internal policy Local" : "")
                + (frontend.port.externalLocal ? ", external policy Local" : "")
                + (frontend.port.affinitySeconds > 0 ? ", session affinity" : ""));
    }

    private static void translation(Rehearsal.Question before, Rehearsal.Output output, ArrayNode steps) {
        final Rehearsal.Question after = output.packet();
        if (output.handedOn()) {
            step(steps, "backend", "one of node " + output.node().node() + "'s own, as that chooses; it answers the "
                    + "client past this node");
        } else if (!before.destination().equals(after.destination())
                || before.destinationPort() != after.destinationPort()) {
            step(steps, "backend", IpText.endpoint(after.destination(), after.destinationPort())
                    + (before.source().equals(after.source()) ? ", which sees the client's own address"
                    : ", which sees " + IpText.endpoint(after.source(), after.sourcePort()) + " as the client"));
        }
    }

    private static String where(Rehearsal.Output output) {
        if (output.node() != null) {
            return "node " + output.node().node() + " through the tunnel";
        }
        return output.port().isHost() ? "the node's kernel through " + output.port().device()
                : "pod " + output.port().name() + " on this node";
    }

    private static String text(Rehearsal.Question packet) {
        return IpText.endpoint(packet.source(), packet.sourcePort()) + " > "
                + IpText.endpoint(packet.destination(), packet.destinationPort()) + "/"
                + Protocols.word(packet.protocol());
    }

    private static void step(ArrayNode steps, String stage, String decision) {
        steps.addObject().put("stage", stage).put("decision", decision);
    }
}
