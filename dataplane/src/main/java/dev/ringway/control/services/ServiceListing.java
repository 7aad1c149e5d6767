package dev.ringway.control.services;

import java.util.List;
import java.util.Map;

/** Who can tell what Services there are. Any thread. */
public interface ServiceListing {
    /** Where there are none. */
    ServiceListing NONE = new ServiceListing() {
        @Override
        public Found find(ServiceQuery query) {
            return Found.NONE;
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public SourceState sourceState() {
            return null;
        }
    };

    /**
     * Some of the Services.
     *
     * @param more      there are others behind them
     * @param total     how many there are of those asked for; 0 unless they were to be counted
     * @param notServed how many more there are that no clients can be served for, by why
     */
    record Found(List<ServiceStatus> services, boolean more, int total, Map<NotServed, Integer> notServed) {
        public static final Found NONE = new Found(List.of(), false, 0, Map.of());
    }

    /** The Services that are asked for, by name. */
    Found find(ServiceQuery query);

    /** The Service of this name, or null. */
    default ServiceStatus get(String namespace, String name) {
        for (ServiceStatus one : find(ServiceQuery.of(namespace, name)).services()) {
            if (one.namespace().equals(namespace) && one.name().equals(name)) {
                return one;
            }
        }
        return null;
    }

    /** All that is wrong with the Services now. */
    List<String> warnings();

    /** Where they come from, or null: there is no such place. */
    SourceState sourceState();
}
