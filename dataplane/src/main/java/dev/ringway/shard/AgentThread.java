package dev.ringway.shard;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * A thread that runs an agent's duty cycle until it is closed. Unlike Agrona's AgentRunner it can wake the agent out
 * of the kernel, where an interrupt does not reach.
 */
final class AgentThread {
    private final Agent agent;
    private final IdleStrategy idle;
    private final Runnable wakeup;
    private final Thread thread;
    private volatile boolean running = true;

    /** @param wakeup ends the agent's wait, from any thread */
    AgentThread(Agent agent, IdleStrategy idle, Runnable wakeup) {
        this.agent = agent;
        this.idle = idle;
        this.wakeup = wakeup;
        thread = Thread.ofPlatform().name(agent.roleName()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    void close() {
        running = false;
        wakeup.run();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        agent.onStart();
        try {
            while (running) {
                idle.idle(doWork());
            }
        } finally {
            agent.onClose();
        }
    }

    private int doWork() {
        try {
            return agent.doWork();
        } catch (Exception e) {
            throw new IllegalStateException(agent.roleName() + " failed", e);
        }
    }
}
