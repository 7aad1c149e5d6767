package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.conntrack.Flow;
import dev.ringway.control.IpText;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.Steered;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.podnet.ControlException;
import dev.ringway.podnet.ControlOp;
import dev.ringway.podnet.NodeKernel;
import dev.ringway.service.Balance;
import dev.ringway.service.BackendLoad;
import dev.ringway.service.Ejections;
import dev.ringway.service.Frontend;
import dev.ringway.shard.Dataplane;
import dev.ringway.shard.Rehearsal;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * {@code resolve}: where a client's first packet would go, and why: a made-up packet sent the real way. Arguments as
 * {@link ResolveQuestion} has them.
 */
public final class ResolveOp implements ControlOp {
    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final ServiceListing services;
    private final Supplier<List<Steered>> steered;
    private final BooleanSupplier masquerade;

    /**
     * @param steered    what the node's kernel sends to the switch
     * @param masquerade whether it hides pods from the outside
     */
    public ResolveOp(Dataplane dataplane, SnapshotPublisher publisher, ServiceListing services,
            Supplier<List<Steered>> steered, BooleanSupplier masquerade) {
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.services = services;
        this.steered = steered;
        this.masquerade = masquerade;
    }

    @Override
    public String name() {
        return "resolve";
    }

    @Override
    public JsonNode run(JsonNode arguments) throws ControlException {
        final SnapshotPublisher.View view = publisher.view();
        final Snapshot snapshot = view.snapshot();
        final ObjectNode result = JsonNodeFactory.instance.objectNode();
        final Steps steps = new Steps(result.putArray("steps"));
        final Rehearsal.Question asked = ResolveQuestion.of(arguments, snapshot, services, steps);
        final IpAddress source = asked.source();
        final boolean loopback = NodeKernel.isLoopback(source);
        final TunPort from = from(snapshot, source);
        steps.add("from", WaySteps.from(from, loopback || snapshot.self().isNode(source.version(), source.hi(),
                source.lo())));
        final KernelSteps kernel = new KernelSteps(snapshot, new NodeKernel(view.cluster(), view.self(),
                masquerade.getAsBoolean()), steered.get(), from.device());
        final Rehearsal.Question question = from.isHost() ? kernel.before(asked, steps) : asked;
        if (question == null) {
            return result.put("verdict", "kernel").put("delivered", false);
        }
        final int nowS = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        final List<Ejections> shards = dataplane.ejections();
        final Ejections ejections = from.shard() < shards.size() ? shards.get(from.shard()) : Ejections.NONE;
        final BackendLoad known = load(ejections, snapshot, question, from.shard());
        final Rehearsal.Outcome outcome = dataplane.rehearsal().run(snapshot, from, question,
                load(ejections, snapshot, question, from.shard()));
        final Places places = new Places(view);
        final WaySteps way = new WaySteps(snapshot, dataplane.rehearsal(), from);
        final ServiceSteps service = new ServiceSteps(places, services, new Ejected(List.of(ejections), nowS), from,
                known::live);
        tell(steps, question, outcome, way, service);
        if (outcome.dropped() == null && outcome.output() != null && outcome.output().node() == null
                && outcome.output().port().isHost()) {
            kernel.after(outcome.output().packet(), steps);
        }
        verdict(result, outcome, places);
        return result;
    }

    private static void tell(Steps steps, Rehearsal.Question question, Rehearsal.Outcome outcome, WaySteps way,
            ServiceSteps service) {
        if (way.before(steps, question, outcome.dropped())) {
            service.tell(steps, question, outcome);
            if (!endsAtServices(outcome)) {
                way.behind(steps, outcome);
            }
        }
        if (outcome.dropped() != null) {
            WaySteps.dropped(steps, outcome);
        }
    }

    /** True if the Service stage has dropped it. */
    private static boolean endsAtServices(Rehearsal.Outcome outcome) {
        return outcome.dropped() != null && switch (outcome.dropped()) {
            case SERVICE_REFUSED, SERVICE_NO_LOCAL, SERVICE_SOURCE, SERVICE_NO_FLOW, FLOW_NO_PORT, FLOW_TABLE_FULL,
                FLOW_INVALID, FRAGMENT_UNKNOWN -> true;
            default -> false;
        };
    }

    private static void verdict(ObjectNode result, Rehearsal.Outcome outcome, Places places) {
        final Rehearsal.Output output = outcome.output();
        final boolean delivered = outcome.dropped() == null && output != null;
        result.put("verdict", delivered ? "delivered" : output == null ? "dropped" : "refused")
                .put("delivered", delivered);
        if (outcome.dropped() != null) {
            result.put("reason", outcome.dropped().name());
        }
        if (outcome.choice() != null) {
            result.put("service", outcome.choice().frontend().port.name);
        }
        if (!delivered) {
            return;
        }
        if (outcome.choice() != null && !output.handedOn()) {
            result.put("backend", ServiceSteps.text(outcome.choice().backend()));
        }
        final IpAddress to = output.packet().destination();
        final String node = output.node() != null ? output.node().node() : places.node(to.version(), to.hi(), to.lo());
        if (node != null) {
            result.put("node", node);
        }
        result.put("to", WaySteps.where(output)).put("packet", text(output.packet()));
    }

    /** The port that such a source would come from. */
    private static TunPort from(Snapshot snapshot, IpAddress source) throws ControlException {
        final Adjacency back = snapshot.fib().lookup(source.version(), source.hi(), source.lo());
        if (back != null && back.kind() == Adjacency.Kind.TUNNEL) {
            throw new ControlException("bad-request", IpText.text(source) + " is behind node " + back.vtep().node()
                    + ", whose switch decides; ask there");
        }
        final TunPort port = back == null ? null : snapshot.port(back.port());
        if (port == null) {
            throw new ControlException("bad-request", IpText.text(source) + " is no pod of this node, and not outside");
        }
        return port;
    }

    /** What the shard knows of backends: those it has ejected, and how many flows each has, where that decides. */
    private BackendLoad load(Ejections ejections, Snapshot snapshot, Rehearsal.Question question, int shard) {
        final BackendLoad load = new BackendLoad(ejections);
        final IpAddress to = question.destination();
        final Frontend frontend = snapshot.services().lookup(to.version(), to.hi(), to.lo(), question.protocol(),
                question.destinationPort());
        if (frontend != null && frontend.port.balance == Balance.LEAST_FLOWS) {
            FlowScan.of(dataplane, (flow, id, copy) -> {
                if (id >>> Integer.SIZE == shard && Flow.service(flow) == frontend.port.id
                        && !Flow.isAnswersOnly(flow)) {
                    load.opened(Flow.backend(flow));
                }
            });
        }
        return load;
    }

    private static String text(Rehearsal.Question packet) {
        return IpText.endpoint(packet.source(), packet.sourcePort()) + " > "
                + IpText.endpoint(packet.destination(), packet.destinationPort()) + "/"
                + Protocols.word(packet.protocol());
    }
}
