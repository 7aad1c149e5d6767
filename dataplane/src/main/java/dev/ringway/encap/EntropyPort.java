package dev.ringway.encap;

/**
 * Which source socket a flow leaves by, so that the underlay's multipath and receive queues see its entropy in the
 * outer source port (RFC 7348 sec. 5, RFC 8086 sec. 3.2.1).
 */
public final class EntropyPort {
    /** The dynamic port range that both RFCs recommend. */
    public static final int FIRST = 49152;
    public static final int LAST = 65535;

    private EntropyPort() {
    }

    /** Index of the socket, 0 to sockets - 1, for a flow's hash; one flow keeps one. */
    public static int index(int flowHash, int sockets) {
        return (int) ((flowHash & 0xFFFFFFFFL) * sockets >>> 32);
    }
}
