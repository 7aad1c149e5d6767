package dev.ringway.control.services;

import java.util.List;

/**
 * An EndpointSlice as wanted: some of the backends of a Service.
 *
 * @param service  name of its Service, in the same namespace (label {@code kubernetes.io/service-name})
 * @param version  4 or 6; 0 for an {@code addressType} that is no IP version
 * @param headless it belongs to a headless Service (label {@code service.kubernetes.io/headless})
 * @param changedMs when what it was changed for happened in the cluster, in milliseconds since 1970, or 0: not known
 *                  (annotation {@code endpoints.kubernetes.io/last-change-trigger-time})
 */
public record EndpointSliceSpec(String namespace, String name, String service, int version, boolean headless,
        List<EndpointPortSpec> ports, List<EndpointSpec> endpoints, long changedMs) {
    public EndpointSliceSpec {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /** False for what no proxy uses. */
    boolean isProxied() {
        return !headless && version != 0;
    }
}
