package dev.ringway.control.services;

import java.util.List;

/**
 * What a compilation has brought, for metrics.
 *
 * @param whole     everything was compiled anew, not only what has changed
 * @param services  changes of Services since the start
 * @param slices    changes of EndpointSlices since the start
 * @param changedMs of the slices that are new or changed, when that happened in the cluster, as far as they tell
 */
public record Changes(boolean whole, long services, long slices, List<Long> changedMs) {
    static final Changes NONE = new Changes(true, 0, 0, List.of());
}
