package dev.ringway.conntrack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.ringway.wire.IpProtocol;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class FlowCopyTest {
    private static final int READINGS = 20_000;

    private static FlowKey key(int source, int destination) {
        final FlowKey key = new FlowKey();
        key.version = 4;
        key.protocol = IpProtocol.UDP;
        key.sourceHi = (long) source << 32;
        key.destinationHi = (long) destination << 32;
        key.sourcePort = source & 0xFFFF;
        key.destinationPort = destination & 0xFFFF;
        return key;
    }

    @Test
    void staysWhenTheFlowGoesOn() {
        try (FlowMemory memory = FlowMemory.anonymous(4); FlowCopy copy = new FlowCopy()) {
            final FlowTable table = new FlowTable(memory, ended -> { }, 0);
            final long flow = table.insert(key(1, 2), key(3, 1), 5, 6, 0);
            final long read = copy.read(flow);
            table.remove(flow);
            assertEquals(1, Flow.clientPort(read));
            assertEquals(6, Flow.service(read));
            assertEquals(0, copy.read(flow), "not in use");
        }
    }

    /** One entry becomes another flow's again and again, all of whose numbers are alike, while it is read. */
    @Test
    void neverTwoFlowsInOne() throws InterruptedException {
        try (FlowMemory memory = FlowMemory.anonymous(1); FlowCopy copy = new FlowCopy()) {
            final FlowTable table = new FlowTable(memory, ended -> { }, 0);
            final long entry = table.entry(0);
            final AtomicBoolean enough = new AtomicBoolean();
            final Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 1; !enough.get(); i++) {
                    table.remove(table.insert(key(i, i), key(i, i + 1), i, i, i));
                }
            });
            try {
                int seen = 0;
                while (seen < READINGS) {
                    final long flow = copy.read(entry);
                    if (flow != 0) {
                        seen++;
                        final int number = Flow.service(flow);
                        assertNotEquals(0, number);
                        assertEquals(number, Flow.backend(flow));
                        assertEquals(number, Flow.createdS(flow));
                        assertEquals(number, (int) (Flow.clientHi(flow) >>> 32));
                        assertEquals(number & 0xFFFF, Flow.backendPort(flow));
                    }
                }
            } finally {
                enough.set(true);
                writer.join();
            }
        }
    }
}
