package dev.ringway.observe;

import dev.ringway.control.services.ServiceStatus;
import dev.ringway.podnet.ControlException;

/**
 * Where a page of Services ends: behind a Service, or inside one, before a backend of one of its ports.
 *
 * @param service {@code namespace/name}, or empty: before all
 * @param port    number of the port in the Service, or -1: behind all of it
 */
record ServicePlace(String service, int port, int backend) {
    static final ServicePlace START = new ServicePlace("", -1, 0);

    static ServicePlace behind(ServiceStatus service) {
        return new ServicePlace(name(service), -1, 0);
    }

    static String name(ServiceStatus service) {
        return service.namespace() + "/" + service.name();
    }

    static ServicePlace of(String text) throws ControlException {
        final String[] parts = text.split("#", -1);
        try {
            return text.isEmpty() ? START : parts.length == 1 ? new ServicePlace(text, -1, 0)
                    : new ServicePlace(parts[0], Integer.parseUnsignedInt(parts[1]),
                            Integer.parseUnsignedInt(parts[2]));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new ControlException("bad-request", "after must be what a page before told as next");
        }
    }

    boolean isStart() {
        return service.isEmpty();
    }

    boolean isInside() {
        return port >= 0;
    }

    /** Where to go on in a port of the Service that it is inside of. */
    int firstBackend(int ofPort) {
        return ofPort == port ? backend : 0;
    }

    @Override
    public String toString() {
        return isInside() ? service + "#" + port + "#" + backend : service;
    }
}
