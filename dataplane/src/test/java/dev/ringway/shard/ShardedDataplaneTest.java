package dev.ringway.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.conntrack.FlowTable;
import dev.ringway.encap.TunnelCodec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardedDataplaneTest {
    /** Whoever is late, as a client of the control socket may be, must not read memory that is not there any more. */
    @Test
    void nobodyReadsFlowsAfterTheEnd() {
        final PathRig rig = new PathRig();
        final ShardedDataplane dataplane = new ShardedDataplane(rig.setup.settings(ThreadingMode.SHARED),
                TunnelCodec.of(rig.setup.tunnel(), Topology.mac(1)), rig.snapshots, rig.offloads, List.of(rig.shard),
                List.of(rig.io), Siblings.none(), () -> { });
        final List<FlowTable> seen = new ArrayList<>();
        dataplane.readFlows(seen::addAll);
        assertEquals(List.of(rig.shard.flows()), seen);
        dataplane.close();
        dataplane.readFlows(tables -> assertEquals(List.of(), tables));
    }
}
