package dev.ringway.shard;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.ring.RecordRing;

/**
 * How shards tell one another of flows whose answers do not come by where the client's packets do: from a pod that
 * another shard reads. Told before the flow's first packet leaves, and looked for when an answer belongs to no known
 * flow, so that it is there in time.
 */
public final class FlowInboxes {
    private static final int SLOTS = 4096;

    private final RecordRing[] inboxes;

    /** @param shards with one there is nobody to tell */
    public FlowInboxes(int shards) {
        inboxes = new RecordRing[shards];
        for (int i = 0; shards > 1 && i < shards; i++) {
            inboxes[i] = new RecordRing(SLOTS, Flow.LENGTH);
        }
    }

    int shards() {
        return inboxes.length;
    }

    /** A shard's end of it; used by its switch thread. */
    Post post(int shard) {
        return new Post(shard);
    }

    /** What a shard does with it. */
    final class Post {
        private final RecordRing own;
        private final RecordRing.Poller poller = RecordRing.adapt(this::adopt);
        private FlowTable flows;
        private int nowS;

        private Post(int shard) {
            own = inboxes[shard];
        }

        /** False if the other shard is too far behind. */
        boolean tell(int shard, long flow) {
            return inboxes[shard].offer(flow);
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
    }
}
