package dev.ringway.config;

import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/** What a file of Kubernetes objects holds. */
final class ServiceObjects {
    final List<ServiceSpec> services = new ArrayList<>();
    final List<EndpointSliceSpec> slices = new ArrayList<>();
    /** What is passed over, for people. */
    final List<String> warnings = new ArrayList<>();
}
