package dev.ringway.shard;

/** How the backend of a new flow came to be chosen. */
public enum ChosenBy {
    /** It is of the node that the flow was handed on to. */
    PREFERENCE,
    /** The client had it before. */
    AFFINITY,
    /** It is what the balance says. */
    BALANCE,
    /** What the balance says gets no new flows now, this one does. */
    EJECTION,
    /** None gets new flows now, but one that may not answer is better than none. */
    LAST_RESORT
}
