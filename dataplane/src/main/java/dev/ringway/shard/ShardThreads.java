package dev.ringway.shard;

import dev.ringway.underlay.PacketIo;
import java.util.List;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;

/** The threads of one shard, as its threading mode composes them. */
final class ShardThreads {
    private final List<AgentThread> threads;

    private ShardThreads(List<AgentThread> threads) {
        this.threads = threads;
    }

    static ShardThreads compose(ThreadingMode mode, boolean spin, Shard shard, PacketIo io,
            Siblings siblings, int number) {
        // Blocking happens inside the agents, in the ring's wait or at the doorbell.
        final IdleStrategy idle = spin ? BusySpinIdleStrategy.INSTANCE : NoOpIdleStrategy.INSTANCE;
        if (mode == ThreadingMode.SHARED) {
            siblings.onMail(number, io::wakeup);
            return new ShardThreads(List.of(
                    new AgentThread(new SharedAgent(io, shard, !spin, number), idle, io::wakeup)));
        }
        final Doorbell bell = new Doorbell(io);
        siblings.onMail(number, bell::ringBoth);
        return new ShardThreads(List.of(
                new AgentThread(new SwitchAgent(shard.stage(), bell, !spin, number), idle, bell::release),
                new AgentThread(new IoAgent(io, shard, bell, !spin, number), idle, io::wakeup)));
    }

    void start() {
        threads.forEach(AgentThread::start);
    }

    List<AgentThread> all() {
        return threads;
    }

    void close() {
        threads.forEach(AgentThread::close);
    }
}
