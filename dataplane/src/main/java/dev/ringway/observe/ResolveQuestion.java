package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceStatus;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.podnet.ControlException;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.shard.Rehearsal;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import dev.ringway.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is asked of {@code resolve}: {@code source}, an address or the name of a pod of this node; {@code destination},
 * an address or {@code namespace/name} of a Service, and {@code port}, of a Service also by its name; {@code protocol},
 * TCP, UDP, SCTP or ICMP, by default that of the Service's port or TCP; {@code sourcePort}.
 */
final class ResolveQuestion {
    private static final int SOURCE_PORT = 40_000;
    private static final int MOST_PORT = 65_535;
    private static final String ICMP = "ICMP";

    private final Snapshot snapshot;
    private final ServiceListing services;
    private final JsonNode arguments;
    private final String word;

    private ResolveQuestion(Snapshot snapshot, ServiceListing services, JsonNode arguments) throws ControlException {
        this.snapshot = snapshot;
        this.services = services;
        this.arguments = arguments;
        word = Arguments.text(arguments, "protocol", "");
        if (!word.isEmpty() && !word.equals(ICMP)) {
            protocol(word);
        }
    }

    /** The packet that is asked about; names are told as the first step. */
    static Rehearsal.Question of(JsonNode arguments, Snapshot snapshot, ServiceListing services, Steps steps)
            throws ControlException {
        return new ResolveQuestion(snapshot, services, arguments).packet(steps);
    }

    private Rehearsal.Question packet(Steps steps) throws ControlException {
        final String to = Arguments.text(arguments, "destination", "");
        final List<IpAddress> sources = sources();
        final int sourcePort = Arguments.number(arguments, "sourcePort", SOURCE_PORT, MOST_PORT);
        if (to.indexOf('/') < 0) {
            final IpAddress destination = address("destination", to);
            final IpAddress source = ofVersion(sources, destination.version());
            if (source == null) {
                throw refusal("source and destination must be of one IP version");
            }
            if (!word.equals(ICMP) && arguments.path("port").isMissingNode()) {
                throw refusal("port must be 1.." + MOST_PORT);
            }
            tell(steps, source, "");
            return word.equals(ICMP) ? ping(source, sourcePort, destination)
                    : new Rehearsal.Question(source, sourcePort, destination,
                    Arguments.number(arguments, "port", 0, MOST_PORT), protocol(word.isEmpty() ? "TCP" : word));
        }
        for (IpAddress source : sources) {
            final Frontend frontend = frontend(to, source.version());
            if (frontend != null) {
                tell(steps, source, "Service " + frontend.port.name + " is "
                        + IpText.endpoint(frontend.address, word.equals(ICMP) ? 0 : frontend.number));
                return word.equals(ICMP) ? ping(source, sourcePort, frontend.address)
                        : new Rehearsal.Question(source, sourcePort, frontend.address, frontend.number,
                        frontend.protocol());
            }
        }
        throw refusal("Service " + to + " has no cluster IP of the source's IP version, or it is not in the tables");
    }

    private static Rehearsal.Question ping(IpAddress source, int identifier, IpAddress destination) {
        return new Rehearsal.Question(source, identifier, destination, 0,
                source.version() == 4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    private void tell(Steps steps, IpAddress source, String service) {
        final String name = arguments.path("source").asText();
        final String pod = name.indexOf('/') < 0 ? "" : "pod " + name + " is " + IpText.text(source);
        if (!pod.isEmpty() || !service.isEmpty()) {
            steps.add("names", pod + (pod.isEmpty() || service.isEmpty() ? "" : ", ") + service);
        }
    }

    private List<IpAddress> sources() throws ControlException {
        final String text = Arguments.text(arguments, "source", "");
        if (text.indexOf('/') < 0) {
            return List.of(address("source", text));
        }
        final List<IpAddress> addresses = new ArrayList<>();
        for (Map.Entry<Prefix, Adjacency> route : snapshot.fib().routes().entrySet()) {
            final TunPort port = route.getValue().kind() == Adjacency.Kind.POD ? snapshot.port(route.getValue().port())
                    : null;
            if (port != null && port.name().equals(text)) {
                addresses.add(new IpAddress(route.getKey().version(), route.getKey().hi(), route.getKey().lo()));
            }
        }
        if (addresses.isEmpty()) {
            throw refusal("source: no pod of this node is called " + text + "; ringway pods lists them");
        }
        // IPv4 first.
        addresses.sort((a, b) -> a.version() != b.version() ? a.version() - b.version() : Long.compareUnsigned(a.hi(),
                b.hi()));
        return addresses;
    }

    /** The cluster IP and port of a Service, or null if it has none of this IP version. */
    private Frontend frontend(String name, int version) throws ControlException {
        final int slash = name.indexOf('/');
        final ServiceStatus service = services.get(name.substring(0, slash), name.substring(slash + 1));
        if (service == null) {
            throw refusal("destination: there is no Service " + name + "; ringway services lists them");
        }
        if (service.notServed() != null) {
            throw refusal("destination: Service " + name + " is not served: " + service.notServed().reason());
        }
        boolean found = false;
        for (ServiceStatus.Port port : service.ports()) {
            if (isAsked(port)) {
                found = true;
                for (Frontend frontend : port.frontends()) {
                    if (frontend.kind == Kind.CLUSTER_IP && frontend.version() == version) {
                        return frontend;
                    }
                }
            }
        }
        if (!found) {
            throw refusal("destination: Service " + name + " has no port " + arguments.path("port").asText()
                    + (word.isEmpty() || word.equals(ICMP) ? "" : "/" + word));
        }
        return null;
    }

    private boolean isAsked(ServiceStatus.Port port) throws ControlException {
        if (word.equals(ICMP)) {
            return true;
        }
        final JsonNode asked = arguments.path("port");
        return (asked.isTextual() ? port.name().equals(asked.textValue()) : port.port() == asked.asInt())
                && (word.isEmpty() || protocol(word) == port.protocol());
    }

    private static IpAddress ofVersion(List<IpAddress> addresses, int version) {
        for (IpAddress address : addresses) {
            if (address.version() == version) {
                return address;
            }
        }
        return null;
    }

    private static int protocol(String word) throws ControlException {
        try {
            return Protocols.number(word);
        } catch (IllegalArgumentException e) {
            throw refusal("protocol must be TCP, UDP, SCTP or ICMP");
        }
    }

    private static IpAddress address(String key, String text) throws ControlException {
        try {
            return IpText.address(text);
        } catch (IllegalArgumentException e) {
            throw refusal(key + ": " + e.getMessage());
        }
    }

    private static ControlException refusal(String message) {
        return new ControlException("bad-request", message);
    }
}
