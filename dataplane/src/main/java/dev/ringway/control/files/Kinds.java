package dev.ringway.control.files;

import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;

/** What files hold. */
final class Kinds {
    static final Contents.Kind<ServiceSpec> SERVICES = new Contents.Kind<>() {
        @Override
        public Contents.Key key(ServiceSpec service) {
            return new Contents.Key(service.namespace(), service.name());
        }

        @Override
        public long heapBytes(ServiceSpec service) {
            return HeapBudget.of(service);
        }

        @Override
        public String word() {
            return "Service";
        }
    };
    static final Contents.Kind<EndpointSliceSpec> SLICES = new Contents.Kind<>() {
        @Override
        public Contents.Key key(EndpointSliceSpec slice) {
            return new Contents.Key(slice.namespace(), slice.name());
        }

        @Override
        public long heapBytes(EndpointSliceSpec slice) {
            return HeapBudget.of(slice);
        }

        @Override
        public String word() {
            return "EndpointSlice";
        }
    };

    private Kinds() {
    }
}
