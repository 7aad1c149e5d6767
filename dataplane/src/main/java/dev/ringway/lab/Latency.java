package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Round trips between two endpoints while nothing else flows: many echo requests, quickly one after the other. */
record Latency(Flow flow, PingResult ping) implements Finding {
    private static final Ping WAY = new Ping(500, 2, 1);
    private static final double MEDIAN = 0.5;
    private static final double TAIL = 0.99;

    static Latency measure(Flow flow) throws InterruptedException {
        return new Latency(flow, WAY.run(flow.from(), flow.toAddress()));
    }

    @Override
    public boolean ok() {
        return ping.answered();
    }

    double p50Ms() {
        return ping.percentileMs(MEDIAN);
    }

    double p99Ms() {
        return ping.percentileMs(TAIL);
    }

    @Override
    public String complaint() {
        return "ping " + flow.text() + " (IPv" + flow.version() + "): " + ping.complaint();
    }

    @Override
    public ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("path", flow.path())
                .put("from", flow.from().label()).put("to", flow.to().label()).put("version", flow.version())
                .put("ok", ok()).put("sent", ping.sent()).put("received", ping.received());
        return ok() ? json.put("p50Ms", p50Ms()).put("p99Ms", p99Ms()).put("maxMs", ping.rttsMs().getLast())
                : json.put("error", ping.complaint());
    }
}
