package dev.ringway.offload;

import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.GuardedMemory;
import dev.ringway.testing.NaiveGso;
import dev.ringway.testing.SlotQueue;
import dev.ringway.testing.Virtio;
import java.util.ArrayList;
import java.util.List;

/** A coalescer with what is around it: packets in memory of their own, a queue, and a kernel's eye on the outcome. */
final class Gro implements AutoCloseable {
    private final SlotQueue queue = new SlotQueue();
    private final Coalescer coalescer = new Coalescer(queue);
    private final List<GuardedMemory> memory = new ArrayList<>();
    private final Packet p = new Packet();
    private boolean tso = true;
    private boolean uso = true;

    /** What the port takes from now on. */
    Gro offloads(boolean tcp, boolean udp) {
        tso = tcp;
        uso = udp;
        return this;
    }

    Gro add(int port, byte[] packet) {
        final GuardedMemory copy = GuardedMemory.of(packet);
        memory.add(copy);
        assertNull(PacketParser.parse(p, copy.address(), packet.length, true));
        coalescer.add(p, port, tso, uso);
        return this;
    }

    void endOfBatch() {
        coalescer.endOfBatch();
    }

    /** Ends the batch: what is written to devices. The kernel and its peer take all of it unless told otherwise. */
    List<SlotQueue.Written> take(boolean strict) {
        coalescer.endOfBatch();
        final List<SlotQueue.Written> written = queue.written();
        queue.reset();
        memory.forEach(GuardedMemory::close);
        memory.clear();
        for (SlotQueue.Written one : written) {
            if (strict || Virtio.of(one.header()).isSuper()) {
                assertNull(Virtio.of(one.header()).refusal(one.packet()));
            }
        }
        return written;
    }

    List<SlotQueue.Written> take() {
        return take(true);
    }

    /** The packets that the pods' kernels make of it. */
    static List<byte[]> packets(List<SlotQueue.Written> written) {
        return written.stream().flatMap(one -> NaiveGso.packets(one.header(), one.packet()).stream()).toList();
    }

    @Override
    public void close() {
        queue.close();
        memory.forEach(GuardedMemory::close);
    }
}
