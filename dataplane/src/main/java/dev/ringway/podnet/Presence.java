package dev.ringway.podnet;

/** What a pod's interface may be before it is connected. */
enum Presence {
    /** There or not: a pod of the configuration. */
    ANY,
    /** Not there: what is, is somebody else's. */
    NEW,
    /** There, from a former daemon. */
    LEFT
}
