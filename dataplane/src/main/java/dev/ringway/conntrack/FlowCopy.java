package dev.ringway.conntrack;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;

/**
 * Reads flows while their shard writes them: one after the other into the same memory, so that what is asked of the
 * copy is of one flow, and nothing is allocated for any. For one thread, which is not the switch's.
 */
public final class FlowCopy implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final long copy = arena.allocate(Flow.LENGTH, Long.BYTES).address();

    /**
     * Takes a copy, which holds until the next call.
     *
     * @param flow an entry of a {@link FlowTable}
     * @return where it is, or 0: the entry is not in use, or became another flow's meanwhile
     */
    public long read(long flow) {
        if (Flow.state(flow) == 0) {
            return 0;
        }
        VarHandle.loadLoadFence();
        Memory.copy(flow, copy, Flow.LENGTH);
        VarHandle.loadLoadFence();
        final boolean whole = Flow.state(flow) != 0 && FlowState.exists(Flow.state(copy)) && Flow.isSame(flow, copy)
                && Flow.createdS(flow) == Flow.createdS(copy);
        return whole ? copy : 0;
    }

    /** Puts the copy that was taken last where there is room for {@link Flow#LENGTH} bytes. */
    public void keep(long at) {
        Memory.copy(copy, at, Flow.LENGTH);
    }

    @Override
    public void close() {
        arena.close();
    }
}
