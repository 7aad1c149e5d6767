package dev.ringway.fib;

/**
 * What the longest matching prefix says to do with a packet: the next step towards its destination, and by the
 * strict reverse path rule (RFC 3704) the only place that a packet with such a source may come from.
 *
 * @param kind what to do
 * @param port POD and HOST: number of the local port; else -1
 * @param vtep TUNNEL: the node to send to; else null
 */
public record Adjacency(Kind kind, int port, Vtep vtep) {
    /** Kinds of next steps. */
    public enum Kind { POD, HOST, TUNNEL, UNREACHABLE }

    public static final Adjacency UNREACHABLE = new Adjacency(Kind.UNREACHABLE, -1, null);

    public static Adjacency pod(int port) {
        return new Adjacency(Kind.POD, port, null);
    }

    public static Adjacency host(int port) {
        return new Adjacency(Kind.HOST, port, null);
    }

    public static Adjacency tunnel(Vtep vtep) {
        return new Adjacency(Kind.TUNNEL, -1, vtep);
    }

    public boolean isLocal() {
        return kind == Kind.POD || kind == Kind.HOST;
    }
}
