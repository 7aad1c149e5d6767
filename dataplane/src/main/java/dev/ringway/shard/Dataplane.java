package dev.ringway.shard;

import dev.ringway.conntrack.FlowTable;
import dev.ringway.fib.IpAddress;
import dev.ringway.packet.DropReason;
import dev.ringway.service.Ejections;
import dev.ringway.service.ServiceCounters;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The running packet path as the control side sees it. All methods are called by control threads, one change at a
 * time; none of them waits for packets, but {@link #removePort} waits for the threads to let go of a descriptor.
 */
public interface Dataplane extends AutoCloseable {
    /** Starts the threads. */
    void start();

    /** Makes this snapshot the one that batches from now on are switched by. */
    void publish(Snapshot snapshot);

    /** Starts reading a port on its shard; to be called before a snapshot that contains it is published. */
    void addPort(TunPort port);

    /**
     * Stops reading and writing a port; to be called after a snapshot without it was published. When it returns no
     * thread uses the port's descriptor any more, and the caller closes it.
     */
    void removePort(TunPort port);

    /** The shard that must own a pod with this primary address. */
    int shardOf(IpAddress podAddress);

    /** Dropped packets, summed over shards and threads. */
    long drops(DropReason reason);

    /** The newest exception that a packet has caused since the last call, for the log; or null. */
    Throwable takeFailure();

    /** Which offloads are in use and why not, for people: {@code udpGso -> on}, {@code udpGro -> off (…)}. */
    Map<String, String> offloads();

    /**
     * Shows the flows to Services of each shard, to be looked at only, and only until the reader returns. One reader at
     * a time: others wait. There are none when the dataplane is closed.
     */
    void readFlows(Consumer<List<FlowTable>> reader);

    /** What has gone through Services, as each shard has counted it. */
    List<ServiceCounters> serviceCounters();

    /** The backends that get no new flows from each shard now. */
    List<Ejections> ejections();

    /** How long each shard's rounds of switching take. */
    List<RoundTimes> rounds();

    /** How often each thread has gone round its duty cycle, by its name; -1: it has ended. */
    Map<String, Long> turns();

    /** Has all threads go round once more, so that one that does not is found out. */
    void nudge();

    /** For made-up packets. */
    Rehearsal rehearsal();

    /** Depths and the like, by name. */
    Map<String, Long> gauges();

    /** Stops and joins the threads, closes the sockets. Ports' descriptors stay open: they are the caller's. */
    @Override
    void close();
}
