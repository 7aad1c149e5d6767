package dev.ringway.tun;

import dev.ringway.linux.Fd;
import dev.ringway.packet.TrafficCounters;

/**
 * A local port of the switch: the TUN device of a pod, or the node's own. The switch threads count its traffic, one
 * {@link TrafficCounters} a shard; the I/O threads read and write its descriptor.
 */
public final class TunPort {
    private final int number;
    private final String name;
    private final String device;
    private final Fd fd;
    private volatile TunOffloads offloads;
    private final int mtu;
    private final boolean host;
    private final int shard;
    private final TrafficCounters[] counters;
    private volatile TokenBucket ingress;
    private volatile TokenBucket egress;

    /**
     * @param number   small number, unique among the ports that are open
     * @param name     namespace/name of the pod, or "host"
     * @param device   interface name inside its namespace
     * @param mtu      its MTU in bytes
     * @param host     true for the node's own device
     * @param shard    the shard that reads it
     * @param shards   number of shards
     */
    public TunPort(int number, String name, String device, Fd fd, TunOffloads offloads, int mtu, boolean host,
            int shard, int shards) {
        this.number = number;
        this.name = name;
        this.device = device;
        this.fd = fd;
        this.offloads = offloads;
        this.mtu = mtu;
        this.host = host;
        this.shard = shard;
        counters = new TrafficCounters[shards + 1];
        for (int i = 0; i <= shards; i++) {
            counters[i] = new TrafficCounters();
        }
    }

    public int number() {
        return number;
    }

    public String name() {
        return name;
    }

    public String device() {
        return device;
    }

    public Fd fd() {
        return fd;
    }

    public TunOffloads offloads() {
        return offloads;
    }

    /** The kernel refused a super-packet for this device: it gets plain packets from now on. I/O thread. */
    public void refuseSuperPackets() {
        offloads = new TunOffloads(offloads.vnetHdr(), false, false);
    }

    public int mtu() {
        return mtu;
    }

    public boolean isHost() {
        return host;
    }

    public int shard() {
        return shard;
    }

    /** Limits the pod's bandwidth from now on; control thread. */
    public void setShaping(Shaping shaping) {
        ingress = bucket(shaping.ingressBitsPerSecond(), shaping.ingressBurstBits());
        egress = bucket(shaping.egressBitsPerSecond(), shaping.egressBurstBits());
    }

    private static TokenBucket bucket(long rate, long burst) {
        return rate == 0 ? null : new TokenBucket(rate, burst);
    }

    /** Limit of what goes to the pod, or null: the switch drops what is over it. */
    public TokenBucket ingress() {
        return ingress;
    }

    /** Limit of what comes from the pod, or null: the device is read no faster, so that the pod itself waits. */
    public TokenBucket egress() {
        return egress;
    }

    /** Those behind the last shard's count nothing: rehearsals use them. */
    public TrafficCounters counters(int ofShard) {
        return counters[ofShard];
    }

    public int shards() {
        return counters.length - 1;
    }
}
