package dev.ringway.shard;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowState;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.wire.IpProtocol;

/**
 * Source ports, or identifiers, of flows that cannot keep their client's: those of the node's service address, which no
 * socket has, and those of clients that use one port twice. A port may serve many flows to different backends; each
 * shard has ports of its own. Switch thread.
 */
final class MasqueradePorts {
    private static final int FIRST = 1024;
    private static final int END = 65_536;
    private static final int TRIES = 256;

    private final FlowTable flows;
    private final int shard;
    private final int shards;
    private final XorShift random;

    MasqueradePorts(FlowTable flows, int shard, int shards, XorShift random) {
        this.flows = flows;
        this.shard = shard;
        this.shards = shards;
        this.random = random;
    }

    /**
     * Sets a destination port that makes the answers' key one of its own; if many are tried in vain, that of a
     * connection which is over. False if none was found.
     */
    boolean pick(FlowKey answer) {
        long over = 0;
        int overPort = 0;
        for (int i = 0; i < TRIES; i++) {
            answer.destinationPort = port();
            final long entry = flows.find(answer);
            if (entry == 0) {
                return true;
            }
            if (over == 0 && answer.protocol == IpProtocol.TCP && FlowState.isOver(Flow.state(entry & ~1L))) {
                over = entry & ~1L;
                overPort = answer.destinationPort;
            }
        }
        if (over == 0) {
            return false;
        }
        flows.remove(over);
        answer.destinationPort = overPort;
        return true;
    }

    private int port() {
        final int each = (END - FIRST) / shards;
        return FIRST + shard + shards * (int) ((random.next() & 0xFFFF_FFFFL) * each >>> 32);
    }
}
