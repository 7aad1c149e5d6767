package dev.ringway.control.services;

import java.util.List;

/** Who can tell what Services there are. Any thread. */
public interface ServiceListing {
    /** Where there are none. */
    ServiceListing NONE = new ServiceListing() {
        @Override
        public Found find(String containing, int most) {
            return new Found(0, List.of());
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }
    };

    /**
     * Some of the Services.
     *
     * @param total how many there are of those asked for
     */
    record Found(int total, List<ServiceStatus> services) {
    }

    /**
     * The Services in the tables whose namespace/name contains the text, by name.
     *
     * @param most how many at most
     */
    Found find(String containing, int most);

    /** All that is wrong with the Services now. */
    List<String> warnings();
}
