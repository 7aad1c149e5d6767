package dev.ringway.control.services;

import java.util.Arrays;
import java.util.BitSet;

/** Dense numbers for service ports, and what has which. Control thread only. */
final class Ports {
    private final BitSet used = new BitSet();
    private PortState[] byId = new PortState[64];

    PortState add(ServiceState owner, int version, ServicePortSpec spec) {
        final int id = used.nextClearBit(0);
        used.set(id);
        if (id >= byId.length) {
            byId = Arrays.copyOf(byId, 2 * byId.length);
        }
        byId[id] = new PortState(owner, id, version, spec);
        return byId[id];
    }

    void remove(PortState port) {
        used.clear(port.id);
        byId[port.id] = null;
    }

    PortState get(int id) {
        return byId[id];
    }
}
