package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/** How much TCP goes between two pods. Run one at a time, or they would share the machine. */
record Throughput(Flow flow, int streams, IperfResult result) implements Finding {
    private static final int SLACK_S = 20;

    static Throughput measure(Flow flow, int streams, int seconds) throws InterruptedException {
        try (IperfServer server = new IperfServer(flow.to(), flow.toAddress(), seconds + SLACK_S)) {
            if (server.problem() != null) {
                return new Throughput(flow, streams, IperfResult.failed(server.problem()));
            }
            final Shell.Result run = Shell.run(Duration.ofSeconds(seconds + SLACK_S), "", List.of("ip", "netns",
                    "exec", flow.from().namespace(), "timeout", Integer.toString(seconds + SLACK_S / 2), "iperf3",
                    "-J", "-c", flow.toAddress(), "-p", Integer.toString(IperfServer.PORT), "-P",
                    Integer.toString(streams), "-t", Integer.toString(seconds), "--connect-timeout", "5000"));
            return new Throughput(flow, streams, run.exit() == 124 ? IperfResult.failed("iperf3 did not end in time")
                    : IperfResult.parse(run.out().isBlank() ? run.err() : run.out()));
        }
    }

    @Override
    public boolean ok() {
        return result.error() == null;
    }

    @Override
    public String complaint() {
        return "TCP " + flow.text() + " (IPv" + flow.version() + ", " + Texts.counted(streams, "stream", "streams")
                + "): " + result.error();
    }

    @Override
    public ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("path", flow.path())
                .put("from", flow.from().label()).put("to", flow.to().label()).put("version", flow.version())
                .put("streams", streams).put("ok", ok());
        return ok() ? json.put("gbitPerSecond", result.gbitPerSecond()).put("retransmits", result.retransmits())
                .put("seconds", result.seconds()) : json.put("error", result.error());
    }
}
