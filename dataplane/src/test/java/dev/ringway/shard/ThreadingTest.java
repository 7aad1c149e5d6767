package dev.ringway.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Received;
import dev.ringway.testing.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * However the stages are spread over threads, the same goes out for what came in: to the byte and in the same sends
 * where the batches are the same, and flow by flow where real threads cut the batches as it happens.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreadingTest {
    private static final int PACKETS = 4000;
    /** Bounds a wait for threads that have died; no time is measured. */
    private static final int PATIENCE = 30_000;

    private List<Received> input;
    private List<String> sends;
    private Map<String, String> flows;

    @BeforeAll
    void sharedByHand() {
        input = new Traffic(1).take(PACKETS);
        try (PathRig rig = new PathRig()) {
            input.forEach(rig.inbox::add);
            final List<Sent> sent = rig.run();
            sends = sent.stream().map(Sent::toString).toList();
            flows = flows(sent);
            assertEquals(Map.of(), rig.drops());
        }
        assertTrue(sends.size() > 1000 && flows.size() > 100, "there is something to compare");
    }

    @Test
    void dedicatedByHand() throws Exception {
        try (PathRig rig = new PathRig()) {
            final Doorbell bell = new Doorbell(rig.io);
            final IoAgent io = new IoAgent(rig.io, rig.shard, bell, false, 0);
            final SwitchAgent stage = new SwitchAgent(rig.shard.stage(), bell, false, 0);
            input.forEach(rig.inbox::add);
            int done;
            do {
                done = io.doWork() + stage.doWork();
            } while (done > 0);
            assertEquals(sends, rig.outbox.take().stream().map(Sent::toString).toList());
            assertEquals(0, rig.lentBuffers());
        }
    }

    @ParameterizedTest
    @CsvSource({"SHARED, false", "DEDICATED, false", "SHARED, true", "DEDICATED, true"})
    void withThreads(ThreadingMode mode, boolean spin) {
        try (PathRig rig = new PathRig()) {
            final ShardThreads threads = ShardThreads.compose(mode, spin, rig.shard, rig.io, Siblings.none(), 0);
            threads.start();
            final List<Sent> sent = new ArrayList<>();
            try {
                for (int i = 0; i < input.size(); i++) {
                    rig.inbox.add(input.get(i));
                    rig.io.wakeup();
                    if (i % 100 == 99) {
                        // Lets the threads fall asleep now and then, so that they must be woken.
                        LockSupport.parkNanos(2_000_000);
                    }
                }
                int missing = size(flows);
                for (int i = 0; i < PATIENCE && missing > 0; i++) {
                    final List<Sent> more = rig.outbox.take();
                    missing -= size(flows(more));
                    sent.addAll(more);
                    LockSupport.parkNanos(1_000_000);
                }
            } finally {
                threads.close();
            }
            sent.addAll(rig.outbox.take());
            assertEquals(flows, flows(sent));
            assertEquals(Map.of(), rig.drops());
        }
    }

    /** What each flow received, in order: TCP as one stream of bytes, UDP datagram by datagram. */
    private static Map<String, String> flows(List<Sent> all) {
        final Map<String, StringBuilder> streams = new TreeMap<>();
        for (Sent sent : all) {
            final String where = sent.isTunnel() ? "node " + sent.vtep() : "port " + sent.port();
            for (byte[] packet : sent.isTunnel() ? Inspect.inner(List.of(sent)) : Inspect.packets(sent)) {
                final PacketView view = new PacketView(packet);
                final StringBuilder stream = streams.computeIfAbsent(where + " " + view.flow(),
                        flow -> new StringBuilder());
                stream.append(Bytes.hex(view.payload()));
                if (view.protocol() == PacketBuilder.UDP) {
                    stream.append('|');
                }
            }
        }
        final Map<String, String> flows = new TreeMap<>();
        streams.forEach((flow, bytes) -> flows.put(flow, bytes.toString()));
        return flows;
    }

    private static int size(Map<String, String> flows) {
        return flows.values().stream().mapToInt(String::length).sum();
    }
}
