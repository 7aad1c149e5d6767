package dev.ringway.shard;

import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.testing.Packets.sctp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.packet.DropReason;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.Packets;
import dev.ringway.testing.Sent;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SCTP to Services, by packets: associations as between both ends, and the checksum that covers the ports. */
class ServiceSctpTest {
    private static final String VIP = "10.96.0.10";
    private static final String CLIENT = pod4(1, POD_A);
    private static final String SERVER = pod4(1, POD_B);
    private static final int DATA = 0;
    private static final int INIT = 1;
    private static final int INIT_ACK = 2;
    private static final int SACK = 3;
    private static final int ABORT = 6;
    private static final int SHUTDOWN = 7;
    private static final int SHUTDOWN_ACK = 8;
    private static final int COOKIE_ECHO = 10;
    private static final int COOKIE_ACK = 11;
    private static final int SHUTDOWN_COMPLETE = 14;

    private final PathRig rig = new PathRig();

    @AfterEach
    void close() {
        assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
        rig.close();
    }

    private void serve(TestService service) {
        rig.topology.services(service.table());
        rig.publish();
    }

    private static TestService service() {
        return new TestService(VIP, 3868).sctp();
    }

    private Sent only() {
        final List<Sent> sent = rig.run();
        assertEquals(1, sent.size(), () -> sent + " " + rig.drops());
        return sent.getFirst();
    }

    /** The client sends; its packet must come to the server with everything else as it was. */
    private void ask(int state, int... chunks) {
        rig.fromPort(POD_A, sctp(CLIENT, VIP, 4000, 3868, chunks).bytes());
        final Sent there = only();
        assertEquals(POD_B, there.port());
        assertArrayEquals(sctp(CLIENT, SERVER, 4000, 5000, chunks).ttl(63).bytes(), there.bytes());
        assertEquals(FlowState.name(state), FlowState.name(Flow.state(rig.shard.flows().entry(0))));
    }

    private void answer(int state, int... chunks) {
        rig.fromPort(POD_B, sctp(SERVER, CLIENT, 5000, 4000, chunks).bytes());
        assertArrayEquals(sctp(VIP, CLIENT, 3868, 4000, chunks).ttl(63).bytes(), only().bytes());
        assertEquals(FlowState.name(state), FlowState.name(Flow.state(rig.shard.flows().entry(0))));
    }

    private void associate() {
        ask(FlowState.COOKIE_WAIT, INIT);
        ask(FlowState.COOKIE_WAIT, INIT);
        answer(FlowState.COOKIE_WAIT, INIT_ACK);
        ask(FlowState.COOKIE_ECHOED, COOKIE_ECHO, DATA);
        answer(FlowState.SCTP_ESTABLISHED, COOKIE_ACK, SACK);
    }

    @Test
    void fromBeginningToEnd() {
        serve(service().backend(SERVER, 5000, true));
        associate();
        ask(FlowState.SCTP_ESTABLISHED, DATA);
        answer(FlowState.SCTP_ESTABLISHED, SACK, DATA);
        ask(FlowState.SCTP_SHUTDOWN, SACK, SHUTDOWN);
        answer(FlowState.SCTP_SHUTDOWN, SHUTDOWN_ACK);
        ask(FlowState.SCTP_CLOSED, SHUTDOWN_COMPLETE);
        assertEquals(1, rig.shard.flows().size());
        ask(FlowState.COOKIE_WAIT, INIT);
        assertEquals(1, rig.shard.flows().size(), "a new association of the same ports");
    }

    @Test
    void abort() {
        serve(service().backend(SERVER, 5000, true));
        associate();
        answer(FlowState.SCTP_CLOSED, ABORT);
    }

    /** As TCP, and unlike UDP: an association stays where it is while the backend is there. */
    @Test
    void drains() {
        serve(service().backend(SERVER, 5000, true));
        associate();
        serve(service().first(2).backend(pod4(1, POD_TCP), 5000, true));
        ask(FlowState.SCTP_ESTABLISHED, DATA);
    }

    /** A packet of an association that nobody here knows must not go to just any backend. */
    @Test
    void midstream() {
        serve(service().backend(SERVER, 5000, true));
        rig.fromPort(POD_A, sctp(CLIENT, VIP, 4000, 3868, DATA).bytes());
        rig.run();
        assertEquals(1, rig.drops(DropReason.SERVICE_NO_FLOW));
        assertEquals(0, rig.shard.flows().size());
    }

    @Test
    void tooShort() {
        serve(service().backend(SERVER, 5000, true));
        rig.fromPort(POD_A, Packets.other(CLIENT, VIP, 132, Bytes.pattern(11)).bytes());
        assertEquals(1, rig.run().size(), "too short to have ports: refused");
        assertEquals(1, rig.drops(DropReason.SERVICE_REFUSED));
    }
}
