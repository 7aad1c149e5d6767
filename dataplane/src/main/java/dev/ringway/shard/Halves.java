package dev.ringway.shard;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.fib.Adjacency;
import dev.ringway.fib.OutsideClients;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;

/**
 * What the two halves of a flow tell one another whose directions pass different shards: at once when a packet has
 * brought one on, with its first packet in every {@link Flow#TOLD_S} seconds that it goes on, and when it is forgotten.
 * What is told is the half as it is ({@link FlowTable#adopt}), so that nothing is missing if something was not told.
 *
 * <p>If the other shard is too far behind to be told, the half is marked: its next packet tries again, and so does the
 * shard's next batch, of whatever flows, since after a reset there may be no packet. Switch thread; one a shard.
 */
final class Halves {
    /** Entries looked at in one batch for those that the other half could not be told of. */
    private static final int AGAIN_WORK = 64;

    private final FlowTable flows;
    private final Siblings.Post post;
    /** Entries that are still to be looked at, and the one that was last. */
    private int again;
    private int hand;

    Halves(FlowTable flows, Siblings.Post post) {
        this.flows = flows;
        this.post = post;
    }

    /**
     * Tells the shard that the answers of a new flow pass, if that is another one; false if it cannot be told now: then
     * the flow must not be.
     */
    boolean begin(long flow, Snapshot snapshot) {
        final int answers = shardOfAnswers(flow, snapshot);
        if (answers == post.number()) {
            return true;
        }
        if (!post.tell(answers, flow)) {
            return false;
        }
        flows.setAnsweredElsewhere(flow);
        return true;
    }

    /** Tells the other half, if there is one, of a change of this one; false if it cannot be told now. */
    boolean tellOf(long changed, Snapshot snapshot) {
        return !Flow.isHalf(changed) || tell(changed, snapshot);
    }

    /**
     * Tells the other half, if there is one, what a packet has changed.
     *
     * @param before the state before the packet
     * @param seenS  when the one before it was seen
     */
    void tracked(long flow, int before, int seenS, Snapshot snapshot) {
        if (Flow.isHalf(flow) && (isNews(flow, before, seenS) || Flow.isUntold(flow))) {
            tellOrMark(flow, snapshot);
        }
    }

    /** Forgets a flow and has its other half forgotten; false, and nothing is, if that one cannot be told now. */
    boolean forget(long flow, Snapshot snapshot) {
        if (Flow.isHalf(flow)) {
            Flow.setForgotten(flow, true);
            if (!tell(flow, snapshot)) {
                Flow.setForgotten(flow, false);
                return false;
            }
        }
        flows.remove(flow);
        return true;
    }

    /** Tries again what could not be told, of a few entries a batch. */
    void tellAgain(Snapshot snapshot) {
        for (int i = 0; again > 0 && i < AGAIN_WORK; i++) {
            again--;
            hand = hand + 1 < flows.used() ? hand + 1 : 0;
            final long entry = flows.entry(hand);
            if (Flow.state(entry) != 0 && Flow.isUntold(entry) && !tellOrMark(entry, snapshot)) {
                return;
            }
        }
    }

    /** That the first answer to UDP has come is none: the other half takes it for granted. */
    private static boolean isNews(long flow, int before, int seenS) {
        final int state = Flow.state(flow);
        final int nowS = Flow.lastSeenS(flow);
        return state != before && state != FlowState.REPLIED
                || nowS != seenS && (nowS - Flow.createdS(flow)) / Flow.TOLD_S
                != (seenS - Flow.createdS(flow)) / Flow.TOLD_S;
    }

    private boolean tellOrMark(long half, Snapshot snapshot) {
        final boolean told = tell(half, snapshot);
        Flow.setUntold(half, !told);
        if (!told) {
            again = flows.used();
        }
        return told;
    }

    private boolean tell(long half, Snapshot snapshot) {
        return Flow.isAnswersOnly(half) ? tellClient(half, snapshot) : tell(shardOfAnswers(half, snapshot), half);
    }

    /**
     * A client's packets come from the port that leads to it, or, handed on by another node, out of the tunnel, where
     * the address that they are sent to decides. If it may be either, the one that does not know the flow ignores it.
     */
    private boolean tellClient(long half, Snapshot snapshot) {
        final boolean entered = Flow.entrance(half) != 0;
        final Adjacency way = snapshot.fib().lookup(Flow.version(half), Flow.clientHi(half), Flow.clientLo(half));
        final TunPort port = entered || way == null ? null : snapshot.port(way.port());
        if (port != null && !tell(port.shard(), half)) {
            return false;
        }
        final boolean tunnel = entered || port != null && port.isHost()
                && snapshot.self().outsideClients() == OutsideClients.DIRECT;
        return !tunnel || tell(Steering.shard(Flow.version(half), Flow.vipHi(half), Flow.vipLo(half), post.shards()),
                half);
    }

    private boolean tell(int shard, long half) {
        return shard == post.number() || post.tell(shard, half);
    }

    /** The shard that reads the backend's port, or that gets what other nodes send to the client. */
    private int shardOfAnswers(long flow, Snapshot snapshot) {
        if (post.shards() == 1) {
            return post.number();
        }
        final int version = Flow.version(flow);
        final Adjacency way = snapshot.fib().lookup(version, Flow.backendHi(flow), Flow.backendLo(flow));
        final TunPort port = way == null ? null : snapshot.port(way.port());
        return port == null ? Steering.shard(version, Flow.seenHi(flow), Flow.seenLo(flow), post.shards())
                : port.shard();
    }
}
