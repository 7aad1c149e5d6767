package dev.ringway.service;

/**
 * One address of a service port. Immutable; another object takes its place in the next table when something about it
 * changes, under the same handle as long as it is the same backend.
 */
public final class Backend {
    /** Names it for as long as it is listed, and nothing else for long afterwards: a {@link Handle}. Never 0. */
    public final int handle;
    public final int version;
    /** Its address; IPv4 in the top 32 bits. */
    public final long hi;
    public final long lo;
    public final int port;
    /** Its part of new flows, to that of the others. 0: none while another has some. */
    public final int weight;
    /** True if it runs on this node. */
    public final boolean local;

    public Backend(int handle, int version, long hi, long lo, int port, int weight, boolean local) {
        this.handle = handle;
        this.version = version;
        this.hi = hi;
        this.lo = lo;
        this.port = port;
        this.weight = weight;
        this.local = local;
    }

    public int slot() {
        return Handle.slot(handle);
    }

    boolean isAt(Backend other) {
        return version == other.version && hi == other.hi && lo == other.lo && port == other.port;
    }
}
