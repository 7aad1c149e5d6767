package dev.ringway.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Flows as people read them; if they are looked at again and again, with what has gone through since the last look. */
final class FlowRows {
    private static final String[] HEADINGS = {"SERVICE", "PROTOCOL", "CLIENT", "ADDRESS", "BACKEND", "SEEN AS", "STATE",
        ">AGE", ">IDLE", ">PACKETS", ">TO BACKEND", ">TO CLIENT"};

    private final boolean rates;
    private Table table;
    private long lookMs;
    private double sinceS = 1;
    private Map<String, Seen> before = new HashMap<>();
    private Map<String, Seen> now = new HashMap<>();

    private record Seen(long packets, long bytes) {
    }

    FlowRows(boolean rates) {
        this.rates = rates;
        table = table();
    }

    private Table table() {
        final List<String> headings = new ArrayList<>(List.of(HEADINGS));
        if (rates) {
            headings.add(">PACKETS/S");
            headings.add(">BYTES/S");
        }
        return new Table(headings.toArray(String[]::new));
    }

    /** @param atMs when the flows that come now were read, by the daemon's clock */
    void look(long atMs) {
        sinceS = Math.max(1, atMs - lookMs) / 1e3;
        lookMs = atMs;
        before = now;
        now = new HashMap<>();
        table = table();
    }

    void add(JsonNode flow) {
        final String client = flow.path("client").asText();
        final String seenAs = flow.path("seenAs").asText();
        final long packets = sum(flow, "packets");
        final List<String> row = new ArrayList<>(List.of(
                flow.has("enteredBy") ? "by node " + flow.path("enteredBy").asText() : flow.path("service").asText(),
                flow.path("protocol").asText(), client, flow.path("address").asText(),
                flow.has("handedOnTo") ? "by node " + flow.path("handedOnTo").asText() : flow.path("backend").asText(),
                seenAs.equals(client) ? "-" : seenAs, flow.path("state").asText(), time(flow, "ageSeconds"),
                time(flow, "idleSeconds"), Long.toString(packets),
                Texts.bytes(flow.path("toBackend").path("bytes").asLong()),
                Texts.bytes(flow.path("toClient").path("bytes").asLong())));
        if (rates) {
            addRates(row, String.join(" ", row.subList(1, 5)), new Seen(packets, sum(flow, "bytes")));
        }
        table.row(row.toArray(String[]::new));
    }

    /** A flow that was not there the last time, or was another, has no rate yet. */
    private void addRates(List<String> row, String ends, Seen seen) {
        final Seen last = before.get(ends);
        now.put(ends, seen);
        if (last == null || last.packets > seen.packets || last.bytes > seen.bytes) {
            row.add("-");
            row.add("-");
        } else {
            row.add(Long.toString(Math.round((seen.packets - last.packets) / sinceS)));
            row.add(Texts.bytes(Math.round((seen.bytes - last.bytes) / sinceS)));
        }
    }

    /** The text of those that came since the last call. */
    String next() {
        return table.next();
    }

    private static long sum(JsonNode flow, String what) {
        return flow.path("toBackend").path(what).asLong() + flow.path("toClient").path(what).asLong();
    }

    private static String time(JsonNode flow, String what) {
        return Texts.duration(flow.path(what).asLong() * 1000);
    }
}
