package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** One cell of the reachability matrix: whether one endpoint gets answers from another. */
record Reach(Endpoint from, Endpoint to, int version, PingResult ping) implements Finding {
    private static final Ping QUICK = new Ping(3, 20, 2);
    /** For a second look: once it had an answer, ping waits for others no longer than two round trips. */
    private static final Ping SLOW = new Ping(5, 200, 2);

    static Reach probe(Endpoint from, Endpoint to, int version) throws InterruptedException {
        return new Reach(from, to, version, QUICK.run(from, to.address(version)));
    }

    /** Asked again when only some answers came: on a busy machine late ones look like lost ones. */
    Reach again() throws InterruptedException {
        return new Reach(from, to, version, SLOW.run(from, to.address(version)));
    }

    /**
     * Pods are masqueraded, so the outside has no route to them, as it has none to a cluster's; to itself nothing is
     * sent.
     */
    static boolean isExpected(Endpoint from, Endpoint to) {
        return !from.equals(to)
                && !(from.kind() == Endpoint.Kind.OUTSIDE && to.kind() == Endpoint.Kind.POD);
    }

    @Override
    public boolean ok() {
        return ping.answered();
    }

    boolean lossy() {
        return ok() && ping.received() < ping.sent();
    }

    @Override
    public String complaint() {
        return from.label() + " -> " + to.label() + " (IPv" + version + "): " + ping.complaint()
                + "; again: ringway lab exec " + from.label() + " ping -n " + to.address(version);
    }

    @Override
    public ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("from", from.label()).put("to", to.label())
                .put("version", version).put("address", to.address(version)).put("ok", ok())
                .put("sent", ping.sent()).put("received", ping.received());
        return ok() ? json.put("rttMs", ping.bestMs()) : json.put("error", ping.complaint());
    }
}
