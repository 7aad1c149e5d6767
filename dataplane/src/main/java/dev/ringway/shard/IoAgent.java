package dev.ringway.shard;

import dev.ringway.underlay.PacketIo;
import org.agrona.concurrent.Agent;

/** Dedicated mode: the thread that reads and sends. */
final class IoAgent implements Agent {
    private final PacketIo io;
    private final Shard shard;
    private final Doorbell bell;
    private final boolean block;
    private final String name;

    IoAgent(PacketIo io, Shard shard, Doorbell bell, boolean block, int number) {
        this.io = io;
        this.shard = shard;
        this.bell = bell;
        this.block = block;
        name = "io-" + number;
    }

    @Override
    public void onStart() {
        io.start();
    }

    @Override
    public int doWork() {
        if (block) {
            bell.ioWaits(true);
        }
        final int done = io.poll(block && !shard.hasStrays()) + shard.takeStrays();
        if (block) {
            bell.ioWaits(false);
        }
        if (shard.stage().hasWork()) {
            bell.ringSwitch();
        }
        return done;
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
