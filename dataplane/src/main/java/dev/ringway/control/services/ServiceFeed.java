package dev.ringway.control.services;

/** Where Services come from. Any thread. */
public interface ServiceFeed extends ServiceListing {
    /** Tells what Services must know of this node. In force with the next poll. */
    void setNode(NodeView node);

    /** What was heard of and is not in tables yet. */
    default Pending pending() {
        return Pending.NONE;
    }

    /** How many Services and EndpointSlices have changed. */
    record Pending(int services, int slices) {
        public static final Pending NONE = new Pending(0, 0);
    }
}
