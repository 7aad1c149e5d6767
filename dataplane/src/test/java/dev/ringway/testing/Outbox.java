package dev.ringway.testing;

import dev.ringway.packet.TxSlot;
import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A {@link MemoryIo.Sink} that keeps what was sent; the I/O thread adds, any thread takes. */
public final class Outbox implements MemoryIo.Sink {
    private static final int MOST = 1 << 17;

    private final MemorySegment memory = Arena.ofAuto().allocate(MOST, 8);
    private final Queue<Sent> queue = new ConcurrentLinkedQueue<>();

    @Override
    public void sent(TxSlot slot, int header) {
        final byte[] bytes = new byte[slot.gather(memory.address())];
        Memory.getBytes(memory.address(), bytes);
        queue.add(Sent.of(slot, bytes, header));
    }

    /** What was sent since the last call. */
    public List<Sent> take() {
        final List<Sent> taken = new ArrayList<>();
        for (Sent sent = queue.poll(); sent != null; sent = queue.poll()) {
            taken.add(sent);
        }
        return taken;
    }
}
