package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceStatus;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.packet.DropReason;
import dev.ringway.service.Backend;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServicePort;
import dev.ringway.shard.Rehearsal;
import dev.ringway.tun.TunPort;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** What the Service stage has decided about a packet: whose it is, which backend it gets, and why. */
final class ServiceSteps {
    private static final int SOME = 5;

    private final Places places;
    private final ServiceListing services;
    private final Ejected ejected;
    private final TunPort from;
    private final ToIntFunction<Backend> openFlows;

    /**
     * @param ejected   as the packet's shard has them
     * @param openFlows that a backend has through that shard
     */
    ServiceSteps(Places places, ServiceListing services, Ejected ejected, TunPort from,
            ToIntFunction<Backend> openFlows) {
        this.places = places;
        this.services = services;
        this.ejected = ejected;
        this.from = from;
        this.openFlows = openFlows;
    }

    void tell(Steps steps, Rehearsal.Question question, Rehearsal.Outcome outcome) {
        final Rehearsal.Choice choice = outcome.choice();
        if (choice == null) {
            none(steps, question, outcome.dropped());
            return;
        }
        final Frontend frontend = choice.frontend();
        steps.add("service", frontend.port.name + " by its " + ServicePage.kind(frontend) + " "
                + IpText.endpoint(frontend.address, frontend.number) + "/" + Protocols.word(frontend.protocol()))
                .put("service", frontend.port.name).put("kind", ServicePage.kind(frontend))
                .put("address", IpText.text(frontend.address)).put("port", frontend.number);
        if (frontend.sourceRanges != null) {
            ranges(steps, question.source(), frontend, outcome.dropped() != DropReason.SERVICE_SOURCE);
        }
        if (outcome.dropped() == DropReason.SERVICE_SOURCE) {
            return;
        }
        policy(steps, choice);
        if (choice.candidates().isEmpty()) {
            return;
        }
        affinity(steps, frontend.port);
        candidates(steps, choice);
        balance(steps, frontend.port.balance);
        if (choice.backend() != null) {
            chosen(steps, choice, outcome);
            client(steps, question, outcome);
        }
    }

    private static void none(Steps steps, Rehearsal.Question question, DropReason dropped) {
        final String asked = IpText.endpoint(question.destination(), question.destinationPort()) + "/"
                + Protocols.word(question.protocol());
        steps.add("service", dropped == DropReason.SERVICE_REFUSED
                ? "none has " + asked + ", though " + IpText.text(question.destination()) + " is a cluster IP: refused"
                : "none has " + asked);
    }

    private static void ranges(Steps steps, IpAddress client, Frontend frontend, boolean allowed) {
        final List<String> ranges = new ArrayList<>();
        for (Prefix range : frontend.sourceRanges.list()) {
            ranges.add(IpText.text(range));
        }
        final ObjectNode step = steps.add("source ranges", "only " + String.join(", ", ranges) + "; the client "
                + IpText.text(client) + (allowed ? " is of these" : " is of none of these"))
                .put("client", IpText.text(client)).put("allowed", allowed);
        ranges.forEach(step.putArray("ranges")::add);
    }

    private void policy(Steps steps, Rehearsal.Choice choice) {
        final ServicePort port = choice.frontend().port;
        final boolean external = choice.frontend().kind != Kind.CLUSTER_IP;
        final boolean local = external ? port.externalLocal : port.internalLocal;
        final String name = (external ? "externalTrafficPolicy " : "internalTrafficPolicy ")
                + (local ? "Local" : "Cluster");
        final String who = choice.outside() ? "a client outside" : from.isHost() ? "a process of the node"
                : "a pod of this node";
        final int count = choice.candidates().size();
        final StringBuilder text = new StringBuilder(who).append(local && !choice.local()
                ? " takes the short way, for which " + name + " does not count: " : ", " + name + ": ");
        text.append(choice.local() ? "only this node's, " : "").append(count)
                .append(count == 1 ? " backend" : " backends");
        if (count == 0) {
            text.append(port.refusal(choice.local()) == DropReason.SERVICE_NO_LOCAL ? "; other nodes have some: dropped"
                    : "; no endpoint is ready anywhere: refused");
        }
        final ObjectNode step = steps.add("policy", "").put("outside", choice.outside()).put("local", choice.local())
                .put("backends", count);
        final ServiceStatus.Port status = status(port);
        if (status != null && !choice.local() && !status.hint().isEmpty()) {
            text.append(", as topology hints leave those for ").append(status.hint()).append(" of ")
                    .append(status.backends().size());
            step.put("topologyHint", status.hint());
        }
        step.put("decision", text.toString());
    }

    /** What is listed of a port, or null if it has just gone. */
    private ServiceStatus.Port status(ServicePort port) {
        final int slash = port.name.indexOf('/');
        final int colon = port.name.indexOf(':', slash);
        final ServiceStatus service = services.get(port.name.substring(0, Math.max(0, slash)),
                port.name.substring(slash + 1, colon < 0 ? port.name.length() : colon));
        for (ServiceStatus.Port one : service == null ? List.<ServiceStatus.Port>of() : service.ports()) {
            if (one.inForce().id == port.id) {
                return one;
            }
        }
        return null;
    }

    private static void affinity(Steps steps, ServicePort port) {
        steps.add("affinity", port.affinitySeconds == 0 ? "none: each connection is for itself" : "ClientIP, "
                + port.affinitySeconds + " s: a client that had a backend within that time keeps it, which does not"
                + " show here").put("seconds", port.affinitySeconds);
    }

    private void candidates(Steps steps, Rehearsal.Choice choice) {
        final Backend[] all = choice.candidates().backends;
        final List<String> texts = new ArrayList<>();
        final ObjectNode step = steps.add("candidates", "").put("count", all.length);
        final ArrayNode some = step.putArray("backends");
        // The chosen one is always among them.
        for (Backend backend : all) {
            if (texts.size() < SOME - 1 || texts.size() < SOME && (all.length <= SOME || backend == choice.backend())) {
                texts.add(candidate(some.addObject(), backend, choice.frontend().port.balance));
            }
        }
        step.put("decision", String.join("; ", texts)
                + (all.length > texts.size() ? "; and " + (all.length - texts.size()) + " more" : ""));
    }

    private String candidate(ObjectNode node, Backend backend, Balance balance) {
        final String on = places.node(backend.version, backend.hi, backend.lo);
        node.put("backend", text(backend)).put("weight", backend.weight).put("local", backend.local);
        final StringBuilder text = new StringBuilder(text(backend)).append(" weight ").append(backend.weight);
        if (backend.local) {
            text.append(", here");
        } else if (on != null) {
            text.append(", on ").append(on);
        }
        if (on != null) {
            node.put("node", on);
        }
        if (balance == Balance.LEAST_FLOWS) {
            final int open = openFlows.applyAsInt(backend);
            node.put("openFlows", open);
            text.append(", ").append(open).append(open == 1 ? " open flow" : " open flows");
        }
        ejected.put(node, backend.handle);
        return text.append(node.has("ejected") ? ", " + node.path("ejected").path("text").asText() : "").toString();
    }

    private void balance(Steps steps, Balance balance) {
        steps.add("balance", switch (balance) {
            case RANDOM -> "random, by weight: each run may differ";
            case MAGLEV -> "maglev, by the hash of client and address: always the same, on all nodes";
            case LEAST_FLOWS -> "leastFlows: the fewest open flows through shard " + from.shard() + " for its weight;"
                    + " of equal ones any, so that each run may differ";
        }).put("balance", ServicePage.word(balance));
    }

    private void chosen(Steps steps, Rehearsal.Choice choice, Rehearsal.Outcome outcome) {
        final Rehearsal.Output output = outcome.output();
        if (output != null && output.handedOn()) {
            steps.add("backend", "one of node " + output.node().node() + "'s own, as that chooses; it answers the "
                    + "client past this node").put("node", output.node().node());
            return;
        }
        final Backend backend = choice.backend();
        steps.add("backend", text(backend) + switch (choice.chosenBy()) {
            case BALANCE -> "";
            case AFFINITY -> ", which the client had before";
            case PREFERENCE -> ", of the node that the flow was handed on to";
            case EJECTION -> ", since the balance's first choice is ejected";
            case LAST_RESORT -> ", though none should get new flows: one that may not answer is better than none";
        }).put("backend", text(backend)).put("chosenBy", choice.chosenBy().name());
    }

    /** Who the backend sees. */
    private void client(Steps steps, Rehearsal.Question before, Rehearsal.Outcome outcome) {
        final Rehearsal.Output output = outcome.output();
        if (outcome.dropped() != null || output == null) {
            return;
        }
        final Rehearsal.Question after = output.packet();
        final boolean kept = before.source().equals(after.source());
        final String seen = IpText.endpoint(after.source(), after.sourcePort());
        final String decision;
        if (kept) {
            decision = before.sourcePort() == after.sourcePort() ? "the backend sees the client's own address"
                    : "the backend sees the client's own address with another port, " + after.sourcePort();
        } else {
            decision = "the backend sees " + seen + " as the client: " + why(outcome);
        }
        steps.add("client", decision).put("seenAs", seen).put("kept", kept)
                .put("reason", outcome.choice().masquerade().name());
    }

    private String why(Rehearsal.Outcome outcome) {
        return switch (outcome.choice().masquerade()) {
            case HAIRPIN -> "it is the backend itself (hairpin), which would take its own packets for the answers";
            case OUTSIDE_TO_CLUSTER_IP -> "it is outside the cluster and has addressed a cluster IP";
            case HOST_BACKEND -> "the backend is on the node itself (host network), whose kernel would take the"
                    + " answers";
            case MASQUERADE_ALL -> "services.masqueradeAll is true";
            case POLICY_CLUSTER -> !outcome.choice().outside() ? "it comes from the node, by an external address"
                    : "externalTrafficPolicy Cluster, and outsideClients is masquerade "
                    + (outcome.output().node() == null ? "on this node" : "here or on " + outcome.output().node().node()
                    + ", or the client is a node");
            case NONE -> "its port is taken there";
        };
    }

    static String text(Backend backend) {
        return IpText.endpoint(new IpAddress(backend.version, backend.hi, backend.lo), backend.port);
    }
}
