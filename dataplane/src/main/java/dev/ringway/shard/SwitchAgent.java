package dev.ringway.shard;

import org.agrona.concurrent.Agent;

/** Dedicated mode: the thread that switches. */
final class SwitchAgent implements Agent {
    private final SwitchStage stage;
    private final Doorbell bell;
    private final boolean block;
    private final String name;

    SwitchAgent(SwitchStage stage, Doorbell bell, boolean block, int shard) {
        this.stage = stage;
        this.bell = bell;
        this.block = block;
        name = "switch-" + shard;
    }

    @Override
    public int doWork() {
        final int done = stage.work();
        if (done > 0) {
            bell.ringIo();
        } else if (block) {
            bell.awaitWork(stage);
        }
        return done;
    }

    @Override
    public String roleName() {
        return name;
    }
}
