package dev.ringway.testing;

import dev.ringway.packet.TxQueue;
import dev.ringway.packet.TxSlot;
import dev.ringway.wire.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A transmit queue without a ring: hands out slots in order and keeps them to be looked at. Slots have guards. */
public final class SlotQueue implements TxQueue, AutoCloseable {
    private static final int MOST = 1 << 17;

    /** What a slot would have written to a device. */
    public record Written(int port, byte[] header, byte[] packet) {
    }

    private final List<GuardedMemory> memory = new ArrayList<>();
    private final List<TxSlot> slots = new ArrayList<>();
    private final GuardedMemory gathered = new GuardedMemory(MOST);
    private int claimed;

    @Override
    public TxSlot claim() {
        if (claimed == slots.size()) {
            final GuardedMemory fresh = new GuardedMemory(TxSlot.STRIDE);
            memory.add(fresh);
            slots.add(new TxSlot(fresh.address()));
        }
        final TxSlot slot = slots.get(claimed++);
        slot.clear();
        return slot;
    }

    /** The slots claimed since the last {@link #reset}, in order. */
    public List<TxSlot> claimed() {
        return slots.subList(0, claimed);
    }

    /** What the claimed slots would write to devices, in order. */
    public List<Written> written() {
        final List<Written> all = new ArrayList<>();
        for (TxSlot slot : claimed()) {
            if (slot.vectors > TxSlot.MAX_VECTORS || slot.scratchLeft() < 0 || slot.bytes > MOST) {
                throw new AssertionError("slot over its limits: " + slot.vectors + " vectors, scratch left "
                        + slot.scratchLeft() + ", " + slot.bytes + " bytes");
            }
            final int length = slot.gather(gathered.address());
            final byte[] bytes = new byte[length];
            Memory.getBytes(gathered.address(), bytes);
            all.add(new Written(slot.port, Arrays.copyOf(bytes, Virtio.LENGTH),
                    Arrays.copyOfRange(bytes, Virtio.LENGTH, length)));
        }
        return all;
    }

    /** Takes all slots back. */
    public void reset() {
        memory.forEach(GuardedMemory::check);
        claimed = 0;
    }

    @Override
    public void close() {
        memory.forEach(GuardedMemory::close);
        gathered.close();
    }
}
