package dev.ringway.testing;

import dev.ringway.packet.Buffers;
import dev.ringway.packet.RxSlot;
import dev.ringway.wire.Memory;
import dev.ringway.wire.VnetHdr;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A {@link MemoryIo.Source} that any thread may add to. */
public final class Inbox implements MemoryIo.Source {
    private static final int BEHIND = 256;

    /** What lies behind a packet in its buffer, as after the longer packet that was there before. */
    private final byte[] behind = new byte[BEHIND];
    private final Queue<Received> queue = new ConcurrentLinkedQueue<>();

    public Inbox() {
        fillBehind((byte) 0xE7);
    }

    /** Other bytes behind packets from now on: a parser that reads too far shows by what it makes of them. */
    public void fillBehind(byte value) {
        Arrays.fill(behind, value);
    }

    public void add(Received received) {
        queue.add(received);
    }

    @Override
    public boolean isEmpty() {
        return queue.isEmpty();
    }

    @Override
    public void read(RxSlot slot, long buffer) {
        final Received received = queue.remove();
        final long at = buffer + Buffers.DATA;
        Memory.putBytes(at - VnetHdr.LENGTH, received.header());
        Memory.putBytes(at, received.bytes());
        Memory.putBytes(at + received.bytes().length, behind);
        slot.port = received.port();
        slot.data = at;
        slot.length = received.bytes().length;
        slot.segmentSize = received.segmentSize();
        slot.tos = received.tos();
        slot.sourceHi = received.sourceHi();
        slot.sourceLo = received.sourceLo();
    }
}
