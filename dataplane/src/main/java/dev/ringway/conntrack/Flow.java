package dev.ringway.conntrack;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Memory;

/**
 * An entry of the {@link FlowTable} by offset from its first byte: a client's connection to a Service. The client has
 * sent to the <i>vip</i>; the packets go to the <i>backend</i>, which sees them come from <i>seen</i>, the client
 * itself unless it is masqueraded. So forward packets match (client, vip), answers (backend, seen).
 *
 * <p>Addresses are 128 bits with IPv4 in the top 32, in native order. The entry is in use if its state is not 0.
 */
public final class Flow {
    /** Bytes of an entry. */
    public static final int LENGTH = 136;

    static final int CLIENT = 0;
    static final int VIP = 16;
    static final int BACKEND = 32;
    static final int SEEN = 48;
    /** Native 16 bits each: client, vip, backend, seen. */
    static final int PORTS = 64;
    static final int PROTOCOL = 72;
    static final int VERSION = 73;
    static final int FLAGS = 74;
    static final int STATE = 75;
    static final int HANDLE = 76;
    static final int SERVICE = 80;
    static final int LAST_SEEN = 84;
    static final int CREATED = 88;
    static final int WHEEL_PREVIOUS = 92;
    static final int WHEEL_NEXT = 96;
    static final int FORWARD_PACKETS = 100;
    static final int REPLY_PACKETS = 104;
    static final int FORWARD_ACK = 108;
    static final int REPLY_ACK = 112;
    static final int ENTRANCE = 116;
    /** Their top 8 bits are the packets': 2^32 of those take an hour, but 2^56 bytes more than a year at 10 Gbit/s. */
    static final int FORWARD_BYTES = 120;
    static final int REPLY_BYTES = 128;
    private static final int BYTES_BITS = 56;
    private static final long BYTES_MASK = (1L << BYTES_BITS) - 1;

    /** Only one direction passes this shard; the other is tracked by another: {@link #isHalf}. */
    static final int HALF_FORWARD = 1;
    static final int HALF_REPLY = 2;
    /** Which acknowledgements have been seen. */
    static final int HAS_FORWARD_ACK = 4;
    static final int HAS_REPLY_ACK = 8;
    /** The client's packets go on to another node as they are, and that answers; set together with HALF_FORWARD. */
    static final int HANDED_ON = 16;
    /** Of a half: the direction that passes here has sent a FIN. */
    static final int HAS_FIN = 32;
    /** Of a half: the other one could not be told what has changed. */
    static final int UNTOLD = 64;
    /** Only of what is told of a half: it is forgotten, and the other one is to be. */
    static final int FORGOTTEN = 128;

    /** How old what the halves of a flow know of one another may be, in seconds. */
    public static final int TOLD_S = 20;

    /** {@link #backend} of a flow that a former daemon left: it knew its backends by other handles. */
    public static final int RECOVERED = -1;

    private Flow() {
    }

    public static long clientHi(long flow) {
        return Memory.getLong(flow + CLIENT);
    }

    public static long clientLo(long flow) {
        return Memory.getLong(flow + CLIENT + 8);
    }

    public static int clientPort(long flow) {
        return Memory.getShort(flow + PORTS);
    }

    public static long vipHi(long flow) {
        return Memory.getLong(flow + VIP);
    }

    public static long vipLo(long flow) {
        return Memory.getLong(flow + VIP + 8);
    }

    public static int vipPort(long flow) {
        return Memory.getShort(flow + PORTS + 2);
    }

    public static long backendHi(long flow) {
        return Memory.getLong(flow + BACKEND);
    }

    public static long backendLo(long flow) {
        return Memory.getLong(flow + BACKEND + 8);
    }

    public static int backendPort(long flow) {
        return Memory.getShort(flow + PORTS + 4);
    }

    public static long seenHi(long flow) {
        return Memory.getLong(flow + SEEN);
    }

    public static long seenLo(long flow) {
        return Memory.getLong(flow + SEEN + 8);
    }

    public static int seenPort(long flow) {
        return Memory.getShort(flow + PORTS + 6);
    }

    /** True if the backend sees another address or port than the client's. */
    public static boolean isMasqueraded(long flow) {
        return seenPort(flow) != clientPort(flow) || seenHi(flow) != clientHi(flow) || seenLo(flow) != clientLo(flow);
    }

    /** True if a packet of the flow, by its addresses, is the client's. */
    public static boolean isForward(long flow, Packet p) {
        return p.sourceHi == clientHi(flow) && p.sourceLo == clientLo(flow) && p.destinationHi == vipHi(flow)
                && p.destinationLo == vipLo(flow);
    }

    /** Both ends' ports as both see them, in one number. */
    public static long ports(long flow) {
        return Memory.getLong(flow + PORTS);
    }

    /** True if a packet of the flow, by its addresses, is the backend's. */
    public static boolean isReply(long flow, Packet p) {
        return p.sourceHi == backendHi(flow) && p.sourceLo == backendLo(flow) && p.destinationHi == seenHi(flow)
                && p.destinationLo == seenLo(flow);
    }

    public static int protocol(long flow) {
        return Memory.getByte(flow + PROTOCOL);
    }

    public static int version(long flow) {
        return Memory.getByte(flow + VERSION);
    }

    /** One of {@link FlowState}, or 0: not in use. */
    public static int state(long flow) {
        return Memory.getByte(flow + STATE);
    }

    /** Handle of the backend; 0 for a flow past all services; or {@link #RECOVERED}. */
    public static int backend(long flow) {
        return Memory.getInt(flow + HANDLE);
    }

    public static void setBackend(long flow, int handle, int service) {
        Memory.putInt(flow + HANDLE, handle);
        Memory.putInt(flow + SERVICE, service);
    }

    /**
     * Of a flow whose client's address was kept by the node that it entered the cluster by: 1 + the index of that
     * node's end point, which the answers must go back to; negative: not known since a restart. Else 0.
     */
    public static int entrance(long flow) {
        return Memory.getInt(flow + ENTRANCE);
    }

    public static void setEntrance(long flow, int entrance) {
        Memory.putInt(flow + ENTRANCE, entrance);
    }

    /** When the first packet came, in microseconds modulo 2^32; only until the client has acknowledged something. */
    public static int openedUs(long flow) {
        return Memory.getInt(flow + FORWARD_ACK);
    }

    public static void setOpenedUs(long flow, int microseconds) {
        Memory.putInt(flow + FORWARD_ACK, microseconds);
    }

    /** Handle of the service port, or -1. */
    public static int service(long flow) {
        return Memory.getInt(flow + SERVICE);
    }

    /** Seconds of the monotonic clock. */
    public static int lastSeenS(long flow) {
        return Memory.getInt(flow + LAST_SEEN);
    }

    public static int createdS(long flow) {
        return Memory.getInt(flow + CREATED);
    }

    public static long packets(long flow, boolean reply) {
        final long top = Memory.getLong(flow + (reply ? REPLY_BYTES : FORWARD_BYTES)) >>> BYTES_BITS;
        return top << 32 | Memory.getInt(flow + (reply ? REPLY_PACKETS : FORWARD_PACKETS)) & 0xFFFF_FFFFL;
    }

    public static long bytes(long flow, boolean reply) {
        return Memory.getLong(flow + (reply ? REPLY_BYTES : FORWARD_BYTES)) & BYTES_MASK;
    }

    /** Counts some packets of so many bytes together. */
    static void count(long flow, boolean reply, int more, int length) {
        final long packetsAt = flow + (reply ? REPLY_PACKETS : FORWARD_PACKETS);
        final long bytesAt = flow + (reply ? REPLY_BYTES : FORWARD_BYTES);
        final int packets = Memory.getInt(packetsAt) + more;
        final long carry = Integer.compareUnsigned(packets, more) < 0 ? 1L << BYTES_BITS : 0;
        Memory.putInt(packetsAt, packets);
        Memory.putLong(bytesAt, Memory.getLong(bytesAt) + length + carry);
    }

    /** Begins to count packets and bytes anew; switch thread. */
    public static void clearCounts(long flow) {
        Memory.putInt(flow + FORWARD_PACKETS, 0);
        Memory.putInt(flow + REPLY_PACKETS, 0);
        Memory.putLong(flow + FORWARD_BYTES, 0);
        Memory.putLong(flow + REPLY_BYTES, 0);
    }

    /**
     * True if the client's packets go on to the backend's node as they are. That node chooses among its own backends
     * and answers the client itself, so that the backend noted here only says which node it is.
     */
    public static boolean isHandedOn(long flow) {
        return (flags(flow) & HANDED_ON) != 0;
    }

    /** True if only the backend's packets pass this shard: the flow is counted where the client's do. */
    public static boolean isAnswersOnly(long flow) {
        return (flags(flow) & HALF_REPLY) != 0;
    }

    /** True if the packets of the other direction pass another shard, which must be told of the flow. */
    public static boolean isHalf(long flow) {
        final int half = flags(flow) & (HALF_FORWARD | HALF_REPLY | HANDED_ON);
        return half == HALF_FORWARD || half == HALF_REPLY;
    }

    /** True if the other half does not know yet what has become of this one. */
    public static boolean isUntold(long half) {
        return (flags(half) & UNTOLD) != 0;
    }

    public static void setUntold(long half, boolean untold) {
        setFlags(half, UNTOLD, untold);
    }

    /** Makes the entry one that tells the other half to end; for as long as it takes to tell. */
    public static void setForgotten(long half, boolean forgotten) {
        setFlags(half, FORGOTTEN, forgotten);
    }

    static void setFlags(long flow, int which, boolean on) {
        Memory.putByte(flow + FLAGS, on ? flags(flow) | which : flags(flow) & ~which);
    }

    /** True if the client has acknowledged something of the backend's. */
    public static boolean isAcknowledged(long flow) {
        return (flags(flow) & HAS_FORWARD_ACK) != 0;
    }

    /** True for two entries of one flow: all ends are the same. */
    static boolean isSame(long flow, long other) {
        for (int i = 0; i < PROTOCOL; i += 8) {
            if (Memory.getLong(flow + i) != Memory.getLong(other + i)) {
                return false;
            }
        }
        return protocol(flow) == protocol(other) && version(flow) == version(other);
    }

    static int flags(long flow) {
        return Memory.getByte(flow + FLAGS);
    }

    static boolean matchesForward(long flow, FlowKey key) {
        return clientPort(flow) == key.sourcePort && vipPort(flow) == key.destinationPort
                && clientHi(flow) == key.sourceHi && clientLo(flow) == key.sourceLo
                && vipHi(flow) == key.destinationHi && vipLo(flow) == key.destinationLo && matchesProtocol(flow, key);
    }

    static boolean matchesReply(long flow, FlowKey key) {
        return backendPort(flow) == key.sourcePort && seenPort(flow) == key.destinationPort
                && backendHi(flow) == key.sourceHi && backendLo(flow) == key.sourceLo
                && seenHi(flow) == key.destinationHi && seenLo(flow) == key.destinationLo
                && matchesProtocol(flow, key);
    }

    private static boolean matchesProtocol(long flow, FlowKey key) {
        return protocol(flow) == key.protocol && version(flow) == key.version;
    }

    static int hash(long flow, boolean reply) {
        final int rest = version(flow) << 8 | protocol(flow);
        return reply ? FlowKey.hash(backendHi(flow), backendLo(flow), seenHi(flow), seenLo(flow),
                backendPort(flow) << 16 | seenPort(flow), rest)
                : FlowKey.hash(clientHi(flow), clientLo(flow), vipHi(flow), vipLo(flow),
                clientPort(flow) << 16 | vipPort(flow), rest);
    }
}
