package dev.ringway.shard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * A thread that runs an agent's duty cycle until it is closed. Unlike Agrona's AgentRunner it can wake the agent out
 * of the kernel, where an interrupt does not reach.
 */
final class AgentThread {
    private static final VarHandle TURNS = turnsHandle();

    private final Agent agent;
    private final IdleStrategy idle;
    private final Runnable wakeup;
    private final Thread thread;
    private volatile boolean running = true;
    /** Rounds of the duty cycle. */
    private long turns;

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

    String name() {
        return agent.roleName();
    }

    /** How often it has gone round its duty cycle, or -1: it has ended. Any thread. */
    long turns() {
        return thread.getState() == Thread.State.TERMINATED ? -1 : (long) TURNS.getOpaque(this);
    }

    /** Has it go round once more even if there is nothing to do. Any thread. */
    void nudge() {
        if (thread.isAlive()) {
            wakeup.run();
        }
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
                TURNS.setOpaque(this, turns + 1);
            }
        } finally {
            agent.onClose();
        }
    }

    private static VarHandle turnsHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(AgentThread.class, "turns", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
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
