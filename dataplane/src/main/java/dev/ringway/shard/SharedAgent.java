package dev.ringway.shard;

import dev.ringway.underlay.PacketIo;
import org.agrona.concurrent.Agent;

/** Shared mode: one thread reads, switches and sends in turn; it waits in the kernel when there is nothing to do. */
final class SharedAgent implements Agent {
    private final PacketIo io;
    private final SwitchStage stage;
    private final boolean block;
    private final String name;

    SharedAgent(PacketIo io, SwitchStage stage, boolean block, int shard) {
        this.io = io;
        this.stage = stage;
        this.block = block;
        name = "shard-" + shard;
    }

    @Override
    public void onStart() {
        io.start();
    }

    @Override
    public int doWork() {
        return io.poll(block && !stage.hasWork()) + stage.work();
    }

    @Override
    public void onClose() {
        io.close();
    }

    @Override
    public String roleName() {
        return name;
    }
}
