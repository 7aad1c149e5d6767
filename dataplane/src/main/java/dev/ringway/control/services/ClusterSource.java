package dev.ringway.control.services;

import dev.ringway.control.ClusterSpec;
import java.io.IOException;

/**
 * A store outside this node that has the cluster's nodes and Services, and is told of this node. It begins with what
 * was known when it ran last, follows the store from then on, and keeps the store's last word while that cannot be
 * reached. {@link #poll} is the control thread's; the others may be called by any.
 */
public interface ClusterSource extends ServiceFeed, AutoCloseable {
    /**
     * What has changed.
     *
     * @param cluster  null: is as it was
     * @param zone     this node's; empty: not known
     * @param services null: are as they were
     */
    record Change(ClusterSpec cluster, String zone, Compiled services) {
    }

    /**
     * Takes what has come from the store and compiles it; to be called about once a second, or sooner. Does not wait.
     *
     * @param nowMs a clock that never goes back
     * @return what is other than the last time, or null
     */
    Change poll(long nowMs);

    /** Tells what Services must know of this node; none are compiled before. In force with the next {@link #poll}. */
    @Override
    void setNode(NodeView node);

    /** Names what is to be run, on any thread and without waiting, when {@link #poll} would find something new. */
    default void onNews(Runnable wake) {
    }

    /** From now on others are told to send packets here: to be called when they would be switched. */
    void announce();

    /**
     * Tells operators, where the cluster has a place for it, what they must know of this node. Does not wait.
     *
     * @param reason  one word in UpperCamelCase
     * @param message with what to do
     */
    default void warn(String reason, String message) {
    }

    /** Takes back what {@link #announce} told, for a node that leaves the network. Waits for the store. */
    void withdraw() throws IOException;

    /** True if the store says that this node is about to go away; any thread. */
    default boolean isNodeLeaving() {
        return false;
    }

    /** True once the store's objects are all known; what was before is what this node had kept. */
    boolean isSynced();

    /** True while changes are heard of. */
    boolean isConnected();

    /** Ends the client. What this node has told of itself stays, for a restart. */
    @Override
    void close();
}
