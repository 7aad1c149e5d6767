package dev.ringway.control.services;

import dev.ringway.service.Handle;
import java.util.Arrays;

/** Handles for service ports, and what has which. Control thread only. */
final class Ports {
    private final Slots slots = new Slots();
    private PortState[] bySlot = new PortState[64];

    PortState add(ServiceState owner, int version, ServicePortSpec spec) {
        final int id = slots.take();
        final int slot = Handle.slot(id);
        if (slot >= bySlot.length) {
            bySlot = Arrays.copyOf(bySlot, 2 * bySlot.length);
        }
        bySlot[slot] = new PortState(owner, id, version, spec);
        return bySlot[slot];
    }

    void remove(PortState port) {
        slots.release(port.id);
        bySlot[Handle.slot(port.id)] = null;
    }

    PortState get(int id) {
        return bySlot[Handle.slot(id)];
    }
}
