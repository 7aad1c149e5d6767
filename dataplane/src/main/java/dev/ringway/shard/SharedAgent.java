package dev.ringway.shard;

import dev.ringway.underlay.PacketIo;
import org.agrona.concurrent.Agent;

/** Shared mode: one thread reads, switches and sends in turn; it waits in the kernel when there is nothing to do. */
final class SharedAgent implements Agent {
    private final PacketIo io;
    private final Shard shard;
    private final SwitchStage stage;
    private final boolean block;
    private final String name;

    SharedAgent(PacketIo io, Shard shard, boolean block, int number) {
        this.io = io;
        this.shard = shard;
        stage = shard.stage();
        this.block = block;
        name = "shard-" + number;
    }

    @Override
    public void onStart() {
        io.start();
    }

    @Override
    public int doWork() {
        return io.poll(block && !stage.hasWork() && !shard.hasStrays()) + shard.takeStrays() + stage.work();
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
