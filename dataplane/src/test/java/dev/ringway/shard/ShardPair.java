package dev.ringway.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.linux.LinuxException;
import dev.ringway.packet.DropReason;
import java.util.List;

/** Both shards of node 1: the even one reads the node's port and pods of even numbers, the odd one the others. */
final class ShardPair implements AutoCloseable {
    final Topology topology = new Topology(1, 4, 4789, 2);
    final PathRig even;
    final PathRig odd;
    private final Siblings siblings;

    ShardPair(FlowSettings flows) {
        try {
            siblings = Siblings.of(2);
        } catch (LinuxException e) {
            throw new IllegalStateException(e);
        }
        even = new PathRig(PathRig.Setup.DEFAULT, flows, topology, siblings, 2, 0);
        odd = new PathRig(PathRig.Setup.DEFAULT, flows, topology, siblings, 2, 1);
    }

    void serve(TestService service) {
        topology.services(service.table());
        publish();
    }

    /** Makes the topology as it is now the one that both switch by. */
    void publish() {
        even.publish();
        odd.publish();
    }

    @Override
    public void close() {
        for (PathRig rig : List.of(even, odd)) {
            assertEquals(0, rig.drops(DropReason.INTERNAL), () -> "threw " + rig.shard.stage().takeFailure());
            rig.close();
        }
        siblings.close();
    }
}
