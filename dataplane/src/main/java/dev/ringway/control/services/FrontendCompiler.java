package dev.ringway.control.services;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Warnings.Warning;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServicePort;
import dev.ringway.service.ServiceTable;
import dev.ringway.service.SourceRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Brings the table's frontends of a port in line with where it wants to be reached. What another Service has already
 * stays with that one; the other waits and is compiled again when the first gives it up.
 */
final class FrontendCompiler {
    private final NodeView node;
    private final ServiceTable.Builder table;
    private final Steering steering;
    private final Waiting waiting;
    private final Ports ports;
    private final Consumer<ServiceState> queue;

    /** @param queue takes Services that have to be compiled again in this round */
    FrontendCompiler(NodeView node, ServiceTable.Builder table, Steering steering, Waiting waiting, Ports ports,
            Consumer<ServiceState> queue) {
        this.node = node;
        this.table = table;
        this.steering = steering;
        this.waiting = waiting;
        this.ports = ports;
        this.queue = queue;
    }

    /** @param warnings takes what could not be had */
    void update(PortState state, ServicePort port, ServiceSpec service, List<Warning> warnings) {
        final List<Exposure> exposures = Exposure.of(service, state.spec, state.version, node);
        final List<Frontend> now = new ArrayList<>(exposures.size() + 1);
        boolean nodePort = false;
        for (Exposure exposure : exposures) {
            final SourceRanges ranges = exposure.compiledRanges();
            final Frontend direct = Frontend.of(exposure.address(), state.spec.protocol(), exposure.number(), port,
                    exposure.kind(), ranges);
            if (!claim(state, direct, now, warnings)) {
                continue;
            }
            final boolean first = exposure.kind() != Kind.NODE_PORT || !nodePort;
            nodePort |= exposure.kind() == Kind.NODE_PORT;
            final IpAddress at = node.serviceAddress(state.version);
            if (exposure.kind() != Kind.CLUSTER_IP && first && at != null) {
                claimToken(state, at, direct, now, warnings);
            }
        }
        release(state, now);
        state.frontends = now.toArray(new Frontend[0]);
    }

    /** Takes all of a port's frontends out of the table. */
    void drop(PortState state) {
        release(state, List.of());
    }

    private void claimToken(PortState state, IpAddress at, Frontend direct, List<Frontend> now,
            List<Warning> warnings) {
        final int token;
        if (direct.kind == Kind.NODE_PORT) {
            token = direct.number;
            makeWay(at, direct);
        } else {
            final Frontend before = heldToken(state, direct);
            token = before != null ? before.matchPort() : steering.freeToken(table, at, direct.protocol(),
                    state.owner);
        }
        if (token == 0) {
            warnings.add(new Warning(Warnings.Kind.NO_TOKEN, service(state) + ": " + text(direct)
                    + " cannot be reached from outside the cluster: all ports of the service address "
                    + IpText.text(at) + " are taken"));
            return;
        }
        claim(state, Frontend.token(at, direct.protocol(), token, direct.port, direct.kind, direct.sourceRanges,
                direct.address, direct.number), now, warnings);
    }

    /** A NodePort is its own token; an external address that was given this number gets another. */
    private void makeWay(IpAddress at, Frontend nodePort) {
        final Frontend there = table.lookup(at.version(), at.hi(), at.lo(), nodePort.protocol(), nodePort.number);
        if (there != null && there.kind != Kind.NODE_PORT) {
            table.remove(there);
            steering.remove(there).forEach(queue);
            queue.accept(ports.get(there.port.id).owner);
        }
    }

    /** The token that this port has for the same address already, or null. */
    private Frontend heldToken(PortState state, Frontend direct) {
        for (Frontend one : state.frontends) {
            if (one.token && one.kind != Kind.NODE_PORT && one.number == direct.number
                    && one.address.equals(direct.address) && one.protocol() == direct.protocol() && inTable(one)) {
                return one;
            }
        }
        return null;
    }

    /** @return false if another Service has it */
    private boolean claim(PortState state, Frontend wanted, List<Frontend> now, List<Warning> warnings) {
        final Frontend there = table.lookup(wanted.version(), wanted.matchHi(), wanted.matchLo(), wanted.protocol(),
                wanted.matchPort());
        if (there != null && there.port.id != state.id) {
            waiting.add(wanted, state.owner);
            warnings.add(new Warning(Warnings.Kind.TAKEN, service(state) + ": " + text(wanted) + " belongs to "
                    + there.port.name + " already; it is left there"));
            return false;
        }
        if (there != null && same(there, wanted)) {
            if (there.token) {
                // Whether an endpoint is the node's own changes with the node's addresses.
                steering.put(there, endpointOfNode(there));
            }
            now.add(there);
            return true;
        }
        table.put(wanted);
        if (wanted.token) {
            steering.put(wanted, endpointOfNode(wanted));
        }
        now.add(wanted);
        return true;
    }

    /** The node's own endpoint that the kernel takes clients to by itself, or null. */
    private Steered.Endpoint endpointOfNode(Frontend token) {
        final ServicePort port = token.port;
        if (!port.externalLocal || port.local.size() != 1 || token.sourceRanges != null) {
            return null;
        }
        final Backend only = port.local.backends[0];
        final IpAddress address = new IpAddress(only.version, only.hi, only.lo);
        return node.addresses().contains(address) ? new Steered.Endpoint(address, only.port) : null;
    }

    /** Removes those that are in the table and not among these. */
    private void release(PortState state, List<Frontend> now) {
        for (Frontend before : state.frontends) {
            if (inTable(before)) {
                if (!now.contains(before)) {
                    table.remove(before);
                    if (before.token && !hasToken(now, before)) {
                        steering.remove(before).forEach(queue);
                    }
                    waiting.freed(before).forEach(queue);
                }
            }
        }
    }

    /** True if the same token stands for something at another service address by now. */
    private static boolean hasToken(List<Frontend> now, Frontend token) {
        return now.stream().anyMatch(one -> one.token && one.matchPort() == token.matchPort()
                && one.version() == token.version() && one.protocol() == token.protocol());
    }

    private boolean inTable(Frontend frontend) {
        return table.lookup(frontend.version(), frontend.matchHi(), frontend.matchLo(), frontend.protocol(),
                frontend.matchPort()) == frontend;
    }

    private static boolean same(Frontend a, Frontend b) {
        return a.port == b.port && a.kind == b.kind && a.token == b.token && a.number == b.number
                && a.address.equals(b.address) && Objects.equals(a.sourceRanges, b.sourceRanges);
    }

    private static String service(PortState state) {
        return state.owner.key.toString();
    }

    private static String text(Frontend frontend) {
        final String address = IpText.text(frontend.address);
        return (frontend.version() == 4 ? address : "[" + address + "]") + ":" + frontend.number + "/"
                + Protocols.word(frontend.protocol());
    }
}
