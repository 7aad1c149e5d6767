package dev.ringway.control.services;

import dev.ringway.service.Frontend;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Services that want what another has, until that gives it up. Control thread only. */
final class Waiting {
    private final Map<Place, Set<ServiceState>> waiting = new HashMap<>();

    private record Place(int version, long hi, long lo, int protocol, int port) {
        static Place of(Frontend frontend) {
            return new Place(frontend.version(), frontend.matchHi(), frontend.matchLo(), frontend.protocol(),
                    frontend.matchPort());
        }
    }

    void add(Frontend wanted, ServiceState service) {
        waiting.computeIfAbsent(Place.of(wanted), place -> new LinkedHashSet<>()).add(service);
    }

    /** Those that waited for the place of this one, which do not wait any more. */
    Set<ServiceState> freed(Frontend frontend) {
        if (waiting.isEmpty()) {
            return Set.of();
        }
        final Set<ServiceState> woken = waiting.remove(Place.of(frontend));
        return woken == null ? Set.of() : woken;
    }
}
