package dev.ringway.config;

import java.util.Map;

/** The annotations that Ringway reads of Services and EndpointSlices. A slip in one only warns: it is one tenant's. */
final class Annotations {
    static final String BALANCE = "ringway.dev/balance";
    static final String WEIGHTS = "ringway.dev/weights";
    /** Kubernetes' own; the time of the pod's change that the slice was written for. */
    static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
    static final String SERVICE = "Service";
    static final String SLICE = "EndpointSlice";

    private static final String OURS = "ringway.dev/";
    private static final Map<String, String> KIND = Map.of(BALANCE, SERVICE, WEIGHTS, SLICE);

    private Annotations() {
    }

    /** Warns of those that are called ours and are not, or not on an object of this kind. */
    static void check(Section annotations, String kind) {
        for (String name : annotations.names()) {
            if (name.startsWith(OURS) && !kind.equals(KIND.get(name))) {
                annotations.value(name).warn(KIND.containsKey(name) ? "is an annotation of " + KIND.get(name)
                        + "s; it is passed over" : "is an annotation that nobody knows; it is passed over"
                        + Suggestion.near(name, KIND.keySet()));
            }
        }
    }
}
