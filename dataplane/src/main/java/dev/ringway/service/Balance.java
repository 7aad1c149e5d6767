package dev.ringway.service;

/** How a new flow's backend is chosen. */
public enum Balance {
    /** Independently for each flow. */
    RANDOM,
    /** By the flow's hash, so that every node chooses alike and few flows move when backends change. */
    MAGLEV,
    /** By the number of flows that each backend has through this node. */
    LEAST_FLOWS
}
