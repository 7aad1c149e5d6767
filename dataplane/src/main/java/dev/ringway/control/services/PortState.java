package dev.ringway.control.services;

import dev.ringway.service.Backend;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServicePort;

/** One port of one Service, of one IP version, as it was compiled last. Control thread only. */
final class PortState {
    static final PortState[] NONE = {};
    private static final Frontend[] NO_FRONTENDS = {};
    private static final Backend[] NO_BACKENDS = {};

    final ServiceState owner;
    final int id;
    final int version;
    /** As wanted; changes while name and protocol stay. */
    ServicePortSpec spec;
    /** Null before it is compiled. */
    ServicePort compiled;
    /** Those of it in the table. */
    Frontend[] frontends = NO_FRONTENDS;
    /** All its backends, usable or not, in the order of their addresses. */
    Backend[] backends = NO_BACKENDS;
    /** Which topology hints have narrowed them, as {@link Candidates} has it. */
    String hint = Candidates.BY_NONE;

    PortState(ServiceState owner, int id, int version, ServicePortSpec spec) {
        this.owner = owner;
        this.id = id;
        this.version = version;
        this.spec = spec;
    }

    boolean is(ServicePortSpec port, int ofVersion) {
        return version == ofVersion && spec.protocol() == port.protocol() && spec.name().equals(port.name());
    }
}
