package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServiceStatus;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServicePort;
import dev.ringway.shard.Dataplane;
import java.util.List;

/** Some Services as the control socket tells them, with what has gone through them. Made for one answer. */
final class ServicePage {
    private final ServiceTraffic traffic;
    private final Ejected ejected;
    private final int mostBackends;
    private int backends;
    private ServicePlace stopped;

    /** @param mostBackends how many to tell of at most; 0: of none */
    ServicePage(Dataplane dataplane, int mostBackends) {
        traffic = new ServiceTraffic(dataplane);
        ejected = new Ejected(dataplane);
        this.mostBackends = mostBackends;
    }

    /** Where it ends, or null: behind all Services that it was given. */
    ServicePlace stopped() {
        return stopped;
    }

    /** @param after where the first Service is to be told of from, if that is inside */
    void put(ArrayNode all, List<ServiceStatus> services, ServicePlace after) {
        want(services, after);
        traffic.read();
        ServiceStatus before = null;
        for (ServiceStatus service : services) {
            if (stopped != null) {
                return;
            }
            if (isFull() && service.ports().stream().anyMatch(port -> !port.backends().isEmpty())) {
                stopped = ServicePlace.behind(before);
                return;
            }
            put(all.addObject(), service, from(service, after));
            before = service;
        }
    }

    private boolean isFull() {
        return mostBackends > 0 && backends == mostBackends;
    }

    private void want(List<ServiceStatus> services, ServicePlace after) {
        int left = mostBackends;
        for (ServiceStatus service : services) {
            final ServicePlace from = from(service, after);
            for (int i = 0; i < service.ports().size(); i++) {
                final ServiceStatus.Port port = service.ports().get(i);
                traffic.wantPort(port.inForce().id);
                for (int j = from.firstBackend(i); j < port.backends().size() && left > 0; j++) {
                    traffic.wantBackend(port.backends().get(j).handle());
                    left--;
                }
            }
        }
    }

    private static ServicePlace from(ServiceStatus service, ServicePlace after) {
        return after.isInside() && after.service().equals(ServicePlace.name(service)) ? after : ServicePlace.START;
    }

    private void put(ObjectNode node, ServiceStatus service, ServicePlace from) {
        node.put("namespace", service.namespace()).put("name", service.name()).put("type", service.type().word());
        if (service.notServed() != null) {
            node.put("notServed", service.notServed().word() + ": " + service.notServed().reason());
        }
        if (from.isInside()) {
            node.put("continued", true);
        }
        final ArrayNode ranges = node.putArray("sourceRanges");
        for (Prefix range : service.sourceRanges()) {
            ranges.add(IpText.text(range));
        }
        final ArrayNode notCaptured = node.putArray("notCaptured");
        for (IpAddress address : service.notCaptured()) {
            notCaptured.add(IpText.text(address));
        }
        if (service.healthCheckNodePort() != 0) {
            node.put("healthCheckNodePort", service.healthCheckNodePort());
        }
        final ArrayNode ports = node.putArray("ports");
        for (int i = Math.max(0, from.port()); i < service.ports().size() && stopped == null; i++) {
            if (isFull() && !service.ports().get(i).backends().isEmpty()) {
                stopped = new ServicePlace(ServicePlace.name(service), i, 0);
                return;
            }
            final ObjectNode port = ports.addObject();
            if (from.firstBackend(i) > 0) {
                port.put("continued", true);
            }
            final int end = put(port, service.ports().get(i), from.firstBackend(i));
            if (end >= 0) {
                stopped = new ServicePlace(ServicePlace.name(service), i, end);
            }
        }
    }

    /** @return the backend that the next page must begin with, or -1 */
    private int put(ObjectNode node, ServiceStatus.Port port, int firstBackend) {
        final ServicePort inForce = port.inForce();
        node.put("name", port.name()).put("protocol", Protocols.word(port.protocol())).put("ipVersion", port.version())
                .put("port", port.port()).put("internalTrafficPolicy", policy(inForce.internalLocal))
                .put("externalTrafficPolicy", policy(inForce.externalLocal))
                .put("affinitySeconds", inForce.affinitySeconds).put("balance", word(inForce.balance));
        if (!port.hint().isEmpty()) {
            node.put("topologyHint", port.hint());
        }
        traffic.putPort(node.putObject("traffic"), inForce.id);
        final ArrayNode addresses = node.putArray("addresses");
        for (Frontend frontend : port.frontends()) {
            if (!frontend.token) {
                addresses.addObject().put("kind", kind(frontend)).put("address", IpText.text(frontend.address))
                        .put("port", frontend.number).put("restricted", frontend.sourceRanges != null);
            }
        }
        final NewFlows newFlows = new NewFlows(port, ejected);
        newFlows.put(node.putObject("newFlows"));
        int ready = 0;
        for (ServiceStatus.BackendStatus backend : port.backends()) {
            ready += backend.state().equals("ready") ? 1 : 0;
        }
        node.put("ready", ready).put("listed", port.backends().size());
        if (mostBackends == 0) {
            return -1;
        }
        final ArrayNode some = node.putArray("backends");
        for (int i = firstBackend; i < port.backends().size(); i++) {
            if (isFull()) {
                return i;
            }
            backends++;
            put(some.addObject(), port.backends().get(i), newFlows);
        }
        return -1;
    }

    private void put(ObjectNode node, ServiceStatus.BackendStatus backend, NewFlows newFlows) {
        node.put("address", IpText.text(backend.address())).put("port", backend.port())
                .put("state", backend.state()).put("used", backend.used()).put("node", backend.node())
                .put("zone", backend.zone()).put("local", backend.local()).put("weight", backend.weight())
                .put("handle", backend.handle());
        ejected.put(node, backend.handle());
        newFlows.put(node.putObject("newFlows"), backend);
        traffic.putBackend(node.putObject("traffic"), backend.handle());
    }

    private static String policy(boolean local) {
        return local ? "Local" : "Cluster";
    }

    static String kind(Frontend frontend) {
        return switch (frontend.kind) {
            case CLUSTER_IP -> "clusterIP";
            case NODE_PORT -> "nodePort";
            case EXTERNAL_IP -> "externalIP";
            case LOAD_BALANCER -> "loadBalancer";
        };
    }

    static String word(Balance balance) {
        return switch (balance) {
            case RANDOM -> "random";
            case MAGLEV -> "maglev";
            case LEAST_FLOWS -> "leastFlows";
        };
    }
}
