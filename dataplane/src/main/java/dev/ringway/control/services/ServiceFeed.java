package dev.ringway.control.services;

/** Where Services come from. Any thread. */
public interface ServiceFeed extends ServiceListing {
    /** Tells what Services must know of this node. In force with the next poll. */
    void setNode(NodeView node);
}
