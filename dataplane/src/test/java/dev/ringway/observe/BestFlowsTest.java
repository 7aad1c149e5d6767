package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowCopy;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowMemory;
import dev.ringway.conntrack.FlowTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BestFlowsTest {
    /** Against sorting all of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 1000, 5000})
    void asSortingWould(int most) {
        final Random random = new Random(most);
        try (FlowMemory memory = FlowMemory.anonymous(1); FlowCopy copy = new FlowCopy();
                BestFlows best = new BestFlows(most)) {
            final List<long[]> all = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                final long key = random.nextInt(200);
                copy.read(flow(memory, i));
                best.offer(key, i, copy);
                all.add(new long[] {key, i});
            }
            all.sort((a, b) -> a[0] != b[0] ? Long.compare(b[0], a[0]) : Long.compare(a[1], b[1]));
            final int size = Math.min(most, all.size());
            assertEquals(size, best.size());
            for (int i = size - 1; i >= 0; i--) {
                best.takeLast();
                assertEquals(all.get(i)[0], best.key());
                assertEquals(all.get(i)[1], best.id());
                assertEquals(all.get(i)[1], Flow.clientPort(best.flow()));
            }
        }
    }

    /** Each in the place of the one before. */
    private static long flow(FlowMemory memory, int clientPort) {
        final FlowKey forward = new FlowKey();
        forward.version = 4;
        forward.protocol = 17;
        forward.sourcePort = clientPort;
        final FlowKey reply = new FlowKey();
        reply.version = 4;
        reply.protocol = 17;
        reply.sourcePort = 53;
        final FlowTable table = new FlowTable(memory, ended -> { }, 0);
        if (table.used() > 0) {
            table.remove(table.entry(0));
        }
        return table.insert(forward, reply, 0, -1, 0);
    }
}
