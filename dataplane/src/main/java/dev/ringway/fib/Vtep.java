package dev.ringway.fib;

import dev.ringway.packet.TrafficCounters;

/**
 * Another node's tunnel end point. The control side makes one for each node and keeps it across snapshots as long as
 * the node's description stays the same, so that counters and the learned path MTU survive.
 */
public final class Vtep {
    /** RFC 1191 sec. 6.3: after ten minutes a learned decrease is forgotten and a larger MTU is tried again. */
    static final long FORGET_NS = 600_000_000_000L;

    private final int index;
    private final String node;
    private final int version;
    private final long hi;
    private final long lo;
    private final long mac;
    private final long socketAddress;
    private final int socketAddressLength;
    private final int configuredMtu;
    private final OutsideClients outsideClients;
    private final TrafficCounters[] counters;

    /** One word, so that a reader sees both together: time of learning in 2^16 ns (48 bits), learned MTU (16). */
    private volatile long learned;

    /**
     * @param index               small number, unique while the daemon runs
     * @param node                the node's name
     * @param version             4 or 6: version of its underlay address
     * @param hi                  underlay address, IPv4 in the top 32 bits
     * @param lo                  last 64 bits
     * @param mac                 MAC address of its end of the overlay, as inner destination
     * @param socketAddress       address of a sockaddr_in or sockaddr_in6 in native memory that outlives this object
     * @param socketAddressLength its length in bytes
     * @param configuredMtu       path MTU of the underlay to it in bytes
     * @param outsideClients      how its pods may be sent packets of clients outside the cluster
     * @param shards              number of shards, each with its own counters
     */
    public Vtep(int index, String node, int version, long hi, long lo, long mac, long socketAddress,
            int socketAddressLength, int configuredMtu, OutsideClients outsideClients, int shards) {
        this.index = index;
        this.node = node;
        this.version = version;
        this.hi = hi;
        this.lo = lo;
        this.mac = mac;
        this.socketAddress = socketAddress;
        this.socketAddressLength = socketAddressLength;
        this.configuredMtu = configuredMtu;
        this.outsideClients = outsideClients;
        counters = new TrafficCounters[shards + 1];
        for (int i = 0; i <= shards; i++) {
            counters[i] = new TrafficCounters();
        }
    }

    public int index() {
        return index;
    }

    public String node() {
        return node;
    }

    public int version() {
        return version;
    }

    public long hi() {
        return hi;
    }

    public long lo() {
        return lo;
    }

    public long mac() {
        return mac;
    }

    public long socketAddress() {
        return socketAddress;
    }

    public int socketAddressLength() {
        return socketAddressLength;
    }

    /** True if it takes packets of clients outside the cluster from other nodes, and answers through these. */
    public OutsideClients outsideClients() {
        return outsideClients;
    }

    /** Those behind the last shard's count nothing: rehearsals use them. */
    public TrafficCounters counters(int shard) {
        return counters[shard];
    }

    public int shards() {
        return counters.length - 1;
    }

    /** Path MTU of the underlay in bytes: the configured one, or a smaller one learned less than ten minutes ago. */
    public int pathMtu(long nowNs) {
        final long word = learned;
        if (word == 0) {
            return configuredMtu;
        }
        final long age = (nowNs >>> 16) - (word >>> 16) & 0xFFFF_FFFF_FFFFL;
        if (age > FORGET_NS >>> 16) {
            return configuredMtu;
        }
        return Math.min(configuredMtu, (int) (word & 0xFFFF));
    }

    /** The kernel reported a path MTU (EMSGSIZE); values too small to be honest (RFC 1191 sec. 3) are refused. */
    public void learnPathMtu(int mtu, long nowNs) {
        if (mtu >= (version == 4 ? 576 : 1280) && mtu <= 0xFFFF) {
            learned = nowNs >>> 16 << 16 | mtu;
        }
    }
}
