package dev.ringway.shard;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.linux.LinuxException;
import dev.ringway.linux.Mapping;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.Packet;
import dev.ringway.packet.RxSlot;
import dev.ringway.ring.RecordRing;
import dev.ringway.ring.RxRing;
import dev.ringway.ring.StrayRing;
import java.util.Arrays;

/**
 * What the shards of a node have for one another:
 *
 * <p>News of flows whose answers do not come by where the client's packets do: from a pod that another shard reads
 * ({@link Halves}). Told before the packet leaves that they are about, and looked for before each batch and when an
 * answer belongs to no known flow, so that they are there in time.
 *
 * <p>Datagrams that came to one shard and are another's to switch: the kernel steers a whole GRO train by its first
 * datagram.
 */
public final class Siblings implements AutoCloseable {
    private static final int RECORDS = 4096;

    private final RecordRing[] news;
    private final StrayRing[] strays;
    private final Mapping[] memory;
    private final Runnable[] wakers;

    private Siblings(int shards) {
        news = new RecordRing[shards];
        strays = new StrayRing[shards];
        memory = new Mapping[shards];
        wakers = new Runnable[shards];
        Arrays.fill(wakers, (Runnable) () -> { });
    }

    /** A shard that is alone. */
    public static Siblings none() {
        return new Siblings(1);
    }

    public static Siblings of(int shards) throws LinuxException {
        final Siblings siblings = new Siblings(shards);
        for (int i = 0; shards > 1 && i < shards; i++) {
            siblings.news[i] = new RecordRing(RECORDS, Flow.LENGTH);
            siblings.memory[i] = Mapping.allocate(StrayRing.BYTES);
            siblings.strays[i] = new StrayRing(siblings.memory[i].address());
        }
        return siblings;
    }

    /** Names what wakes a shard's threads; before they start. */
    void onMail(int shard, Runnable waker) {
        wakers[shard] = waker;
    }

    /** A shard's end of it; used by its switch thread, but for {@link Post#drain} and {@link Post#hasStrays}. */
    Post post(int shard) {
        return new Post(shard);
    }

    @Override
    public void close() {
        for (Mapping one : memory) {
            if (one != null) {
                one.close();
            }
        }
    }

    /** What a shard does with it. */
    final class Post {
        private final int number;
        private final RecordRing own;
        private final StrayRing ownStrays;
        private final RecordRing.Poller poller = RecordRing.adapt(this::adopt);
        private FlowTable flows;
        private int nowS;

        private Post(int shard) {
            number = shard;
            own = news[shard];
            ownStrays = strays[shard];
        }

        /** Of this shard. */
        int number() {
            return number;
        }

        int shards() {
            return news.length;
        }

        /** Tells of a flow; false if the other shard is too far behind. */
        boolean tell(int shard, long flow) {
            final boolean told = news[shard].offer(flow);
            if (!told || news[shard].isHalfFull()) {
                wakers[shard].run();
            }
            return told;
        }

        /** True if others have told something. */
        boolean hasNews() {
            return own != null && own.hasWork();
        }

        /** Takes over what others have told; true if there was something. */
        boolean takeOver(FlowTable into, int seconds) {
            if (own == null) {
                return false;
            }
            flows = into;
            nowS = seconds;
            return own.poll(poller);
        }

        private void adopt(long flow) {
            flows.adopt(flow, nowS);
        }

        /** True if a packet out of the tunnel is another shard's to switch. */
        boolean isStray(Packet p) {
            return news.length > 1 && shardOf(p) != number;
        }

        /** Gives such a packet to the shard that it belongs to; false if there is no room. */
        boolean handOver(Packet p, RxSlot from, long datagram, int length) {
            final int shard = shardOf(p);
            final boolean given = strays[shard].offer(from, datagram, length);
            wakers[shard].run();
            return given;
        }

        private int shardOf(Packet p) {
            return Steering.shard(p.version, p.destinationHi, p.destinationLo, news.length);
        }

        /** True if others have handed datagrams over. I/O thread. */
        boolean hasStrays() {
            return ownStrays != null && ownStrays.hasWork();
        }

        /** Has what others have handed over switched as if it had just been read; true if there was something. */
        boolean drain(RxRing receive, Buffers buffers) {
            return hasStrays() && ownStrays.drain(receive, buffers);
        }
    }
}
