package dev.ringway.shard;

import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowTable;

/**
 * Source ports of flows whose client the backend must not see. They lie below those that the kernel gives to the node's
 * own sockets (ip_local_port_range), which send from the same gateway address; a port may serve many flows to different
 * backends. Switch thread.
 */
final class MasqueradePorts {
    private static final int FIRST = 1024;
    private static final int COUNT = 32_768 - FIRST;
    private static final int TRIES = 256;

    private final FlowTable flows;
    private final XorShift random = new XorShift();

    MasqueradePorts(FlowTable flows) {
        this.flows = flows;
    }

    /** Sets a destination port that makes the answers' key one of its own; false if none was found. */
    boolean pick(FlowKey answer) {
        for (int i = 0; i < TRIES; i++) {
            answer.destinationPort = FIRST + (random.next() >>> 1) % COUNT;
            if (flows.find(answer) == 0) {
                return true;
            }
        }
        return false;
    }
}
