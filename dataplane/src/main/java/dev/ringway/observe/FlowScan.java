package dev.ringway.observe;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowCopy;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.shard.Dataplane;
import java.util.List;

/** Shows all flows of all shards, one after the other, each as it was a moment ago. Allocates nothing for a flow. */
final class FlowScan {
    private FlowScan() {
    }

    /** Takes one flow. */
    interface Visitor {
        /**
         * @param flow to be asked by {@link Flow} until this returns
         * @param id   where its entry is: no two have the same
         * @param copy the same flow, to be kept
         */
        void flow(long flow, long id, FlowCopy copy);
    }

    /** Those whose directions pass different shards come twice: {@link Flow#isAnswersOnly} tells one from the other. */
    static void of(Dataplane dataplane, Visitor visitor) {
        dataplane.readFlows(tables -> read(tables, visitor));
    }

    private static void read(List<FlowTable> tables, Visitor visitor) {
        try (FlowCopy copy = new FlowCopy()) {
            for (int shard = 0; shard < tables.size(); shard++) {
                final FlowTable table = tables.get(shard);
                final int used = table.used();
                for (int i = 0; i < used; i++) {
                    final long flow = copy.read(table.entry(i));
                    if (flow != 0) {
                        visitor.flow(flow, (long) shard << Integer.SIZE | i, copy);
                    }
                }
            }
        }
    }
}
