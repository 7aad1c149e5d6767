package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.shard.Topology.service4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.control.IpText;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.packet.DropReason;
import dev.ringway.service.ServiceTable;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final String VIP = "10.96.0.10";

    private final PathRig.Setup setup = PathRig.Setup.DEFAULT;
    private final Topology topology = new Topology(1, 4, 4789);
    private final Rehearsal rehearsal = new Rehearsal(setup.settings(ThreadingMode.SHARED),
            TunnelCodec.of(setup.tunnel(), Topology.mac(1)), setup.offloads());

    private Rehearsal.Outcome run(int port, String source, String destination, int number, int protocol) {
        return rehearsal.run(topology.snapshot(), topology.port(port),
                new Rehearsal.Question(IpText.address(source), 4000, IpText.address(destination), number, protocol));
    }

    private void serve(ServiceTable table) {
        topology.services(table);
    }

    @Test
    void toAPodOfThisNode() {
        final Rehearsal.Output output = run(POD_A, pod6(1, POD_A), pod6(1, POD_B), 53, 17).output();
        assertEquals(POD_B, output.port().number());
        assertEquals(new Rehearsal.Question(IpText.address(pod6(1, POD_A)), 4000, IpText.address(pod6(1, POD_B)), 53,
                17), output.packet());
    }

    @Test
    void toABackendOfAnotherNode() {
        serve(new TestService(VIP, 80).backend(pod4(2, POD_B), 8080, false).table());
        final Rehearsal.Outcome outcome = run(POD_A, pod4(1, POD_A), VIP, 80, 6);
        assertNull(outcome.dropped());
        assertEquals("node2", outcome.output().node().node());
        assertEquals(new Rehearsal.Question(IpText.address(pod4(1, POD_A)), 4000, IpText.address(pod4(2, POD_B)), 8080,
                6), outcome.output().packet());
        // Nothing counts it.
        assertEquals(0, topology.port(POD_A).counters(0).rxPackets());
        assertEquals(0, topology.vtep(2).counters(0).txPackets());
    }

    @Test
    void masqueraded() {
        serve(new TestService(VIP, 80).token("10.244.1.0", 30_080, "172.30.0.1", 30_080)
                .backend(pod4(2, POD_B), 8080, false).table());
        final Rehearsal.Outcome outcome = run(HOST, "192.0.2.7", "10.244.1.0", 30_080, 6);
        assertEquals(service4(1), IpText.text(outcome.output().packet().source()));
    }

    @Test
    void refused() {
        serve(new TestService(VIP, 80).table());
        final Rehearsal.Outcome outcome = run(POD_A, pod4(1, POD_A), VIP, 80, 6);
        assertEquals(DropReason.SERVICE_REFUSED, outcome.dropped());
        assertEquals(POD_A, outcome.output().port().number());
        assertEquals(VIP, IpText.text(outcome.output().packet().source()));
        assertEquals(DropReason.SPOOFED_SOURCE, run(POD_A, pod4(1, POD_B), VIP, 80, 6).dropped());
        assertEquals(DropReason.UNREACHABLE, run(POD_A, pod4(1, POD_A), "10.244.200.1", 80, 132).dropped());
    }
}
