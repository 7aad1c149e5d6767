package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.Traffic;

/** Traffic as the control socket tells it. */
final class TrafficJson {
    private TrafficJson() {
    }

    static void put(ObjectNode counters, Traffic traffic) {
        counters.put("rxPackets", traffic.rxPackets()).put("rxBytes", traffic.rxBytes())
                .put("txPackets", traffic.txPackets()).put("txBytes", traffic.txBytes())
                .put("drops", traffic.drops());
    }
}
