package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Services as people read them, a page after the other. */
final class ServiceTables {
    private final Table list = ports();

    private static Table ports() {
        return new Table("SERVICE", "TYPE", "ADDRESSES", ">READY", ">BACKENDS", ">FLOWS", ">OPEN", "NEW FLOWS",
                "NOTES");
    }

    /** A line for each port. */
    String list(JsonNode services) {
        addPorts(list, services);
        return list.next();
    }

    /** All that is known of each. */
    String details(JsonNode services) {
        final Table ports = ports();
        addPorts(ports, services);
        final Table traffic = new Table("SERVICE", ">PACKETS TO BACKENDS", ">BYTES", ">PACKETS TO CLIENTS", ">BYTES",
                ">REFUSED", ">UNANSWERED", ">NO BACKEND", ">P50", ">P99");
        final Table backends = new Table("SERVICE", "BACKEND", "STATE", "NEW FLOWS", "NODE", "ZONE", ">WEIGHT",
                ">FLOWS", ">OPEN", ">PACKETS TO", ">BYTES", ">PACKETS FROM", ">BYTES", ">REFUSED", ">UNANSWERED",
                ">P50", ">P99");
        final Table others = new Table("NOT SERVED", "TYPE", "BECAUSE");
        final StringBuilder remarks = new StringBuilder();
        for (JsonNode service : services) {
            if (service.has("notServed")) {
                others.row(name(service), service.path("type").asText(), service.path("notServed").asText());
            }
            if (!JsonPages.isContinued(service)) {
                addRemarks(remarks, service);
            }
            for (JsonNode port : service.path("ports")) {
                if (!JsonPages.isContinued(port)) {
                    addTraffic(traffic, service, port);
                }
                port.path("backends").forEach(backend -> addBackend(backends, service, port, backend));
            }
        }
        final StringBuilder text = new StringBuilder();
        for (String part : List.of(ports.next(), traffic.next(), backends.next(), others.next(), remarks.toString())) {
            text.append(text.isEmpty() || part.isEmpty() ? "" : "\n").append(part);
        }
        return text.toString();
    }

    private static void addPorts(Table table, JsonNode services) {
        for (JsonNode service : services) {
            for (JsonNode port : service.path("ports")) {
                if (!JsonPages.isContinued(port)) {
                    table.row(name(service, port), service.path("type").asText(), addresses(port),
                            port.path("ready").asText(), port.path("listed").asText(), count(port, "flows"),
                            count(port, "openFlows"), newFlows(port.path("newFlows")), notes(service, port));
                }
            }
        }
    }

    private static void addTraffic(Table table, JsonNode service, JsonNode port) {
        final JsonNode traffic = port.path("traffic");
        table.row(name(service, port), packets(traffic, "toBackend"), bytes(traffic, "toBackend"),
                packets(traffic, "toClient"), bytes(traffic, "toClient"), count(port, "refused"),
                count(port, "unanswered"), count(port, "noBackend"), latency(port, "p50"), latency(port, "p99"));
    }

    private static void addBackend(Table table, JsonNode service, JsonNode port, JsonNode backend) {
        final JsonNode traffic = backend.path("traffic");
        table.row(name(service, port), endpoint(backend), state(backend), whose(backend.path("newFlows")),
                where(backend), backend.path("zone").asText("-"), backend.path("weight").asText(),
                count(backend, "flows"), count(backend, "openFlows"), packets(traffic, "toBackend"),
                bytes(traffic, "toBackend"), packets(traffic, "toClient"), bytes(traffic, "toClient"),
                count(backend, "refused"), count(backend, "unanswered"), latency(backend, "p50"),
                latency(backend, "p99"));
    }

    private static void addRemarks(StringBuilder remarks, JsonNode service) {
        final String name = name(service) + ": ";
        if (!service.path("sourceRanges").isEmpty()) {
            remarks.append(name).append("its load balancer's addresses take clients of ")
                    .append(Texts.list(service.path("sourceRanges"))).append(" only\n");
        }
        if (service.has("healthCheckNodePort")) {
            remarks.append(name).append("load balancers ask for its health at port ")
                    .append(service.path("healthCheckNodePort").asText()).append(" of the node\n");
        }
        if (!service.path("notCaptured").isEmpty()) {
            remarks.append(name).append("what is sent to ").append(Texts.list(service.path("notCaptured")))
                    .append(" goes to the load balancer itself (ipMode Proxy)\n");
        }
    }

    private static String count(JsonNode node, String what) {
        return node.path("traffic").path(what).asText("0");
    }

    private static String packets(JsonNode traffic, String direction) {
        return traffic.path(direction).path("packets").asText("0");
    }

    private static String bytes(JsonNode traffic, String direction) {
        return Texts.bytes(traffic.path(direction).path("bytes").asLong());
    }

    private static String latency(JsonNode node, String which) {
        final JsonNode times = node.path("traffic").path("synToSynAck");
        if (times.has(which + "AboveMicros")) {
            return ">" + Texts.micros(times.path(which + "AboveMicros").asLong());
        }
        return times.has(which + "BelowMicros") ? "<" + Texts.micros(times.path(which + "BelowMicros").asLong()) : "-";
    }

    private static String state(JsonNode backend) {
        final String state = backend.path("state").asText();
        return backend.has("ejected") ? (state.equals("ready") ? "" : state + ", ")
                + backend.path("ejected").path("text").asText() : state;
    }

    /** How many backends new flows can go to, or why to none. */
    private static String newFlows(JsonNode newFlows) {
        final String pods = fate(newFlows.path("fromPods"));
        final String outside = newFlows.has("fromOutside") ? fate(newFlows.path("fromOutside")) : pods;
        return pods.equals(outside) ? pods : "pods: " + pods + "; outside: " + outside;
    }

    private static String fate(JsonNode fate) {
        final String decision = fate.path("decision").asText();
        final String why = fate.path("why").asText();
        return decision.equals("backend") ? fate.path("backends").asText() + (why.isEmpty() ? "" : " (" + why + ")")
                : decision + ": " + why;
    }

    private static String whose(JsonNode newFlows) {
        final boolean pods = newFlows.path("fromPods").asBoolean();
        final boolean outside = newFlows.path("fromOutside").asBoolean(pods);
        return pods == outside ? pods ? "yes" : "no" : pods ? "of pods" : "of outside";
    }

    private static String name(JsonNode service) {
        return service.path("namespace").asText() + "/" + service.path("name").asText();
    }

    private static String name(JsonNode service, JsonNode port) {
        final String name = port.path("name").asText();
        return name(service) + (name.isEmpty() ? "" : ":" + name);
    }

    private static String addresses(JsonNode port) {
        final List<String> all = new ArrayList<>();
        String nodePort = null;
        for (JsonNode address : port.path("addresses")) {
            if (address.path("kind").asText().equals("nodePort")) {
                // One for each of the node's addresses.
                nodePort = "node:" + address.path("port").asText();
            } else {
                all.add(endpoint(address));
            }
        }
        if (nodePort != null) {
            all.add(nodePort);
        }
        return String.join(",", all) + "/" + port.path("protocol").asText();
    }

    private static String endpoint(JsonNode node) {
        final String address = node.path("address").asText();
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + node.path("port").asText();
    }

    private static String where(JsonNode backend) {
        return backend.path("node").asText("-") + (backend.path("local").asBoolean() ? " (here)" : "");
    }

    private static String notes(JsonNode service, JsonNode port) {
        final List<String> notes = new ArrayList<>();
        if (!port.path("balance").asText().equals("random")) {
            notes.add(port.path("balance").asText());
        }
        if (port.path("internalTrafficPolicy").asText().equals("Local")) {
            notes.add("internal Local");
        }
        if (port.path("externalTrafficPolicy").asText().equals("Local")) {
            notes.add("external Local");
        }
        if (port.path("affinitySeconds").asInt() > 0) {
            notes.add("affinity " + Texts.duration(port.path("affinitySeconds").asLong() * 1000));
        }
        if (port.has("topologyHint")) {
            notes.add("hints for " + port.path("topologyHint").asText());
        }
        for (JsonNode address : port.path("addresses")) {
            if (address.path("restricted").asBoolean()) {
                notes.add("source ranges");
                break;
            }
        }
        if (!service.path("notCaptured").isEmpty()) {
            notes.add("not captured: " + Texts.list(service.path("notCaptured")));
        }
        return String.join(", ", notes);
    }
}
