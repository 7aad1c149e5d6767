package dev.ringway.observe;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Steered;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import dev.ringway.podnet.NodeKernel;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.shard.Rehearsal;
import dev.ringway.snapshot.Self;
import dev.ringway.snapshot.Snapshot;
import java.util.List;

/** What the node's kernel does with a packet before the switch gets it, and after it left the switch for the node. */
final class KernelSteps {
    private static final String STAGE = "kernel";

    private final Snapshot snapshot;
    private final NodeKernel kernel;
    private final List<Steered> steered;
    private final String device;

    /** @param device the node's own */
    KernelSteps(Snapshot snapshot, NodeKernel kernel, List<Steered> steered, String device) {
        this.snapshot = snapshot;
        this.kernel = kernel;
        this.steered = steered;
        this.device = device;
    }

    /** The packet as the switch gets it from the node's own device, or null: it does not. */
    Rehearsal.Question before(Rehearsal.Question asked, Steps steps) {
        final IpAddress to = asked.destination();
        final Frontend frontend = snapshot.services().lookup(to.version(), to.hi(), to.lo(), asked.protocol(),
                asked.destinationPort());
        if (frontend != null && frontend.kind != Kind.CLUSTER_IP) {
            return steer(asked, frontend, steps);
        }
        final Self self = snapshot.self();
        if (self.isNode(to.version(), to.hi(), to.lo()) || NodeKernel.isLoopback(to)) {
            steps.add(STAGE, IpText.text(to) + " is the node's own: its kernel delivers it, without the switch");
            return null;
        }
        final Prefix range = kernel.route(to);
        if (range == null) {
            steps.add(STAGE, frontend == null ? IpText.text(to) + " is no Service's and in none of the cluster's"
                    + " ranges:"
                    + " the node's kernel decides by itself, by its own routes and rules"
                    : IpText.text(to) + " is the cluster IP of " + frontend.port.name + ", but in none of"
                    + " cluster.serviceCidrs: the node's kernel has no route for it into " + device + ", so that it"
                    + " does not come to the switch (pods reach it all the same)");
            return null;
        }
        final IpAddress source = kernel.sourceInto(asked.source(), to);
        steps.add(STAGE, "its route for " + IpText.text(range) + " leads into " + device
                + (source.equals(asked.source()) ? "" : "; nftables masquerades what is of no pod's range: it comes as "
                + IpText.text(source) + ", the node's gateway address, from another port"))
                .put("range", IpText.text(range)).put("source", IpText.text(source));
        return new Rehearsal.Question(source, asked.sourcePort(), to, asked.destinationPort(), asked.protocol());
    }

    /** What comes from outside is addressed anew by the kernel, unless backends answer clients directly. */
    private Rehearsal.Question steer(Rehearsal.Question asked, Frontend frontend, Steps steps) {
        final IpAddress to = asked.destination();
        final IpAddress serviceAddress = snapshot.self().serviceAddress(to.version());
        if (snapshot.self().outsideClients() == OutsideClients.DIRECT
                && !snapshot.self().isNode(to.version(), asked.source().hi(), asked.source().lo())) {
            steps.add(STAGE, "nftables (table inet ringway_services) marks it, and policy routing of the mark takes it"
                    + " to the switch as it is");
            return asked;
        }
        for (Steered one : steered) {
            if (serviceAddress != null && one.version() == to.version() && one.protocol() == asked.protocol()
                    && one.port() == asked.destinationPort()
                    && (one.address() == null ? frontend.kind == Kind.NODE_PORT : one.address().equals(to))) {
                if (one.endpoint() != null) {
                    final String endpoint = IpText.endpoint(one.endpoint().address(), one.endpoint().port());
                    steps.add(STAGE, "nftables (table inet ringway_services) takes "
                            + IpText.endpoint(to, asked.destinationPort()) + " of " + frontend.port.name + " to "
                            + endpoint + " on the node itself, past the switch, so that it sees the client")
                            .put("destination", endpoint);
                    return null;
                }
                steps.add(STAGE, "nftables (table inet ringway_services) steers "
                        + IpText.endpoint(to, asked.destinationPort()) + " to "
                        + IpText.endpoint(serviceAddress, one.token()) + ", which is behind the switch")
                        .put("destination", IpText.endpoint(serviceAddress, one.token()));
                return new Rehearsal.Question(asked.source(), asked.sourcePort(), serviceAddress, one.token(),
                        asked.protocol());
            }
        }
        steps.add(STAGE, "nothing steers " + IpText.endpoint(to, asked.destinationPort()) + " to the switch: the node's"
                + " kernel decides by itself; ringway services tells in its warnings why");
        return null;
    }

    /** @param packet as the switch hands it to the node's own device */
    void after(Rehearsal.Question packet, Steps steps) {
        final IpAddress to = packet.destination();
        if (snapshot.self().isNode(to.version(), to.hi(), to.lo())) {
            steps.add(STAGE, IpText.text(to) + " is the node's own: a process of the node gets it");
            return;
        }
        final boolean masqueraded = kernel.isMasqueradedOut(packet.source(), to);
        steps.add(STAGE, "it forwards it by its own routes" + (masqueraded
                ? ", as one of the node's addresses (masquerade)"
                : kernel.route(packet.source()) == null ? "" : ", with the pod's address (host.masquerade is off),"
                        + " which"
                + " the outside must know the way to")).put("masqueraded", masqueraded);
    }
}
