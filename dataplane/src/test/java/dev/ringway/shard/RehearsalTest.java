package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static dev.ringway.shard.Topology.service4;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.fib.OutsideClients;
import dev.ringway.packet.DropReason;
import dev.ringway.service.BackendLoad;
import dev.ringway.service.ServiceTable;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final String VIP = "10.96.0.10";

    private final PathRig.Setup setup = PathRig.Setup.DEFAULT;
    private final Topology topology = new Topology(1, 4, 4789);
    private Rehearsal rehearsal = rehearsal(PathRig.FLOWS);

    private BackendLoad load = new BackendLoad(0, 0);

    private Rehearsal rehearsal(FlowSettings flows) {
        return new Rehearsal(setup.settings(ThreadingMode.SHARED, flows, 1),
                TunnelCodec.of(setup.tunnel(), Topology.mac(1)), setup.offloads(), (shard, socket) -> 50_000 + socket);
    }

    private Rehearsal.Outcome run(int port, String source, String destination, int number, int protocol) {
        return rehearsal.run(topology.snapshot(), topology.port(port),
                new Rehearsal.Question(IpText.address(source), 4000, IpText.address(destination), number, protocol),
                load);
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
        assertEquals(63, outcome.output().ttl());
        assertEquals(1450, outcome.output().mtu());
        assertTrue(outcome.output().outerPort() >= 50_000, "a port of a socket");
        assertEquals(40, outcome.length());
        assertEquals(pod4(2, POD_B), IpText.text(outcome.routed()));
        assertEquals(MasqueradeReason.NONE, outcome.choice().masquerade());
        assertEquals(ChosenBy.BALANCE, outcome.choice().chosenBy());
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
        assertEquals(MasqueradeReason.POLICY_CLUSTER, outcome.choice().masquerade());
        assertTrue(outcome.choice().outside());
        topology.keepers(1, 2);
        final Rehearsal.Outcome kept = run(HOST, "192.0.2.7", "10.244.1.0", 30_080, 6);
        assertEquals("192.0.2.7", IpText.text(kept.output().packet().source()));
        assertEquals(OutsideClients.KEEP, kept.choice().client());
        assertEquals(MasqueradeReason.NONE, kept.choice().masquerade());
    }

    @Test
    void whyClientsAreHidden() {
        serve(new TestService(VIP, 80).backend(pod4(1, POD_A), 8080, true).table());
        assertEquals(MasqueradeReason.HAIRPIN, run(POD_A, pod4(1, POD_A), VIP, 80, 6).choice().masquerade());
        assertEquals(MasqueradeReason.OUTSIDE_TO_CLUSTER_IP, run(HOST, "192.0.2.7", VIP, 80, 6).choice().masquerade());
        serve(new TestService(VIP, 80).backend("172.30.0.1", 6443, true).table());
        assertEquals(MasqueradeReason.HOST_BACKEND,
                run(HOST, Topology.gateway4(1), VIP, 80, 6).choice().masquerade());
        assertEquals(MasqueradeReason.NONE, run(POD_A, pod4(1, POD_A), VIP, 80, 6).choice().masquerade());
        rehearsal = rehearsal(new FlowSettings(4096, null, 0, 0, true));
        assertEquals(MasqueradeReason.MASQUERADE_ALL, run(POD_A, pod4(1, POD_A), VIP, 80, 6).choice().masquerade());
    }

    @Test
    void handedOnAsItCame() {
        topology.outsideClients(OutsideClients.DIRECT, 1, 2);
        serve(new TestService(VIP, 80).external("198.51.100.7", 80).backend(pod4(2, POD_B), 8080, false).table());
        final Rehearsal.Outcome outcome = run(HOST, "192.0.2.7", "198.51.100.7", 80, 6);
        assertTrue(outcome.output().handedOn());
        assertEquals(OutsideClients.DIRECT, outcome.choice().client());
        assertEquals("198.51.100.7", IpText.text(outcome.output().packet().destination()));
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
