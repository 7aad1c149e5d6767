package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckReportTest {
    private static final LabSpec SPEC = new LabSpec(2, 1, "vxlan", true, 4, "shared", 1500);
    private static final Endpoint FROM = SPEC.pod(1, 1);
    private static final Endpoint TO = SPEC.pod(2, 1);
    private static final Flow FLOW = new Flow("across nodes", FROM, TO, 4);
    private static final Ask ASK = new Ask(FROM, "10.96.0.80", 80);
    private static final PingResult ANSWERED = new PingResult(3, 3, List.of(0.08, 0.1, 0.3), List.of());
    private static final PingResult LOSSY = new PingResult(3, 1, List.of(0.08), List.of());
    private static final PingResult SILENT = new PingResult(3, 0, List.of(), List.of());
    private static final PingResult UNREACHABLE = new PingResult(1, 0, List.of(),
            List.of(new PingResult.Error("10.244.1.1", "Destination Host Unreachable")));

    @Test
    void passesWhenAllIsRight() throws IOException {
        final CheckReport report = new CheckReport(List.of(new Reach(FROM, TO, 4, ANSWERED)),
                List.of(new Refused(FROM, "10.244.1.250", 4, UNREACHABLE)),
                List.of(new Spread("all serve", ASK, Map.of("n2-p1", 60), 0, Set.of("n2-p1"), 0)),
                List.of(resolved("{'delivered': true, 'steps': [{'stage': 'from', 'decision': 'pod lab/n1-p1'}]}")),
                List.of(new Throughput(FLOW, 4, new IperfResult(7.5, 2, 3, null))),
                List.of(new Latency(FLOW, ANSWERED)));
        assertTrue(report.ok());
        assertEquals("PASSED: 6 checks, all right", report.verdict());
        assertEquals(Json.parse("""
                {"v": 1, "ok": true,
                 "reachability": [{"from": "n1-p1", "to": "n2-p1", "version": 4, "address": "10.244.2.10", "ok": true,
                                   "sent": 3, "received": 3, "rttMs": 0.08}],
                 "unreachable": [{"from": "n1-p1", "address": "10.244.1.250", "version": 4, "ok": true,
                                  "answeredBy": "10.244.1.1", "message": "Destination Host Unreachable"}],
                 "service": [{"when": "all serve", "from": "n1-p1", "to": "10.96.0.80:80", "ok": true,
                              "requests": 60, "failed": 0, "mostFailed": 0, "answers": {"n2-p1": 60}}],
                 "resolve": [{"from": "n1-p1", "to": "10.96.0.80:80", "ok": true,
                              "steps": [{"stage": "from", "decision": "pod lab/n1-p1"}]}],
                 "throughput": [{"path": "across nodes", "from": "n1-p1", "to": "n2-p1", "version": 4, "streams": 4,
                                 "ok": true, "gbitPerSecond": 7.5, "retransmits": 2, "seconds": 3.0}],
                 "latency": [{"path": "across nodes", "from": "n1-p1", "to": "n2-p1", "version": 4, "ok": true,
                              "sent": 3, "received": 3, "p50Ms": 0.1, "p99Ms": 0.3, "maxMs": 0.3}],
                 "failures": []}
                """), Json.parse(Json.pretty(report.json())));
    }

    @Test
    void failsByAnyPartAndSaysWhich() throws IOException {
        final CheckReport report = new CheckReport(
                List.of(new Reach(FROM, TO, 6, SILENT), new Reach(TO, FROM, 6, ANSWERED)),
                List.of(new Refused(FROM, "10.244.1.250", 4, SILENT)),
                List.of(new Spread("all serve", ASK, Map.of("n2-p1", 59), 1, Set.of("n2-p1"), 0),
                        new Spread("from then on", ASK, Map.of("n3-p1", 57), 3, Set.of("n3-p1"), 3)),
                List.of(resolved("{'delivered': false, 'steps': []}")),
                List.of(new Throughput(FLOW, 1, IperfResult.failed("unable to connect"))),
                List.of(new Latency(FLOW, SILENT)));
        assertFalse(report.ok());
        assertEquals("FAILED: 6 of 8 checks", report.verdict());
        assertEquals(List.of(
                "n1-p1 -> n2-p1 (IPv6): no answer to 3 packets; again: ringway lab exec n1-p1 ping -n fd00:244:2::a",
                "n1-p1 -> 10.244.1.250, which no pod has: expected 'unreachable' from a node, but no answer to 3"
                        + " packets; again: ringway lab exec n1-p1 ping -n 10.244.1.250",
                "Service web, n1-p1 -> 10.96.0.80:80, all serve: expected answers of [n2-p1] alone, but {n2-p1=59}, 1"
                        + " failed; again: ringway lab exec n1-p1 curl http://10.96.0.80/",
                "resolve n1-p1 -> 10.96.0.80:80: it would not be delivered; again: ringway resolve 10.244.1.10"
                        + " 10.96.0.80:80 --socket /run/node1.sock",
                "TCP n1-p1 -> n2-p1 (IPv4, 1 stream): unable to connect",
                "ping n1-p1 -> n2-p1 (IPv4): no answer to 3 packets"), report.failures());
    }

    @Test
    void lossIsNotedWithoutFailing() {
        final CheckReport report = new CheckReport(List.of(new Reach(FROM, TO, 4, LOSSY)), List.of(), List.of(),
                List.of(), List.of(), List.of());
        assertTrue(report.ok());
        assertEquals("PASSED: 1 check, all right; 1 pair lost packets (marked !)", report.verdict());
    }

    @Test
    void onlyARouterMayRefuse() {
        assertTrue(new Refused(FROM, "10.244.1.250", 4, UNREACHABLE).ok());
        assertFalse(refusedBy("10.244.1.10", "Destination Host Unreachable").ok(), "by the pod itself");
        assertFalse(refusedBy("", "connect: Network is unreachable").ok(), "by the pod's kernel");
        assertFalse(refusedBy("10.244.1.1", "Time to live exceeded").ok());
        assertFalse(new Refused(FROM, "10.244.1.250", 4, ANSWERED).ok());
    }

    private static Refused refusedBy(String from, String text) {
        return new Refused(FROM, "10.244.1.250", 4,
                new PingResult(1, 0, List.of(), List.of(new PingResult.Error(from, text))));
    }

    private static Resolved resolved(String answer) throws IOException {
        return new Resolved(ASK, Path.of("/run/node1.sock"), Json.parse(answer.replace('\'', '"')), null);
    }
}
