package dev.ringway.service;

import dev.ringway.wire.Icmp;
import java.util.function.Consumer;

/**
 * All services as packets see them: what clients address, and the backends behind it. Immutable; the control side
 * makes the next one by {@link #change}, which shares with this one all that did not change and costs in proportion to
 * what did. Look-ups take constant time, allocate nothing and may come from any thread.
 */
public final class ServiceTable {
    /** States of a backend: not listed any more. */
    public static final int GONE = 0;
    /** Listed, but neither ready nor serving: its TCP flows may go on. */
    public static final int NOT_SERVING = 1;
    public static final int SERVING = 2;

    public static final ServiceTable EMPTY =
            new ServiceTable(new KeyedIndex<>(), new KeyedIndex<>(), new BackendIndex());

    private final KeyedIndex<Frontend> frontends;
    private final KeyedIndex<ServiceAddress> addresses;
    private final BackendIndex backends;

    private ServiceTable(KeyedIndex<Frontend> frontends, KeyedIndex<ServiceAddress> addresses,
            BackendIndex backends) {
        this.frontends = frontends;
        this.addresses = addresses;
        this.backends = backends;
    }

    /**
     * @param hi       first 64 bits of the destination, IPv4 in the top 32
     * @param lo       last 64 bits; 0 for IPv4
     * @param protocol number of the IP protocol
     * @param port     0 for an ICMP query, which asks a cluster IP whatever its ports
     * @return the frontend, or null if no service is there
     */
    public Frontend lookup(int version, long hi, long lo, int protocol, int port) {
        if (Icmp.isProtocol(version, protocol)) {
            final ServiceAddress address = addresses.find(hi, lo, Keyed.rest(version, 0, 0));
            return address == null || port != 0 ? null : address.first();
        }
        return frontends.find(hi, lo, Keyed.rest(version, protocol, port));
    }

    /**
     * True for a cluster IP, whatever the port: nothing else can be there, so that a port that is no service's is
     * refused. Not for addresses that others share with services: a node's, external ones, load balancers'.
     */
    public boolean isServiceAddress(int version, long hi, long lo) {
        return addresses.find(hi, lo, Keyed.rest(version, 0, 0)) != null;
    }

    /** {@link #GONE}, {@link #NOT_SERVING} or {@link #SERVING}. */
    public int backendState(int handle) {
        return backends.state(handle);
    }

    /** The backend in this slot, or null if it is free. */
    public Backend backend(int slot) {
        return backends.get(slot);
    }

    /** Number of frontends. */
    public int size() {
        return frontends.size();
    }

    public int backendCount() {
        return backends.count();
    }

    /** For people; in no order. */
    public void forEachFrontend(Consumer<Frontend> action) {
        frontends.forEach(action);
    }

    public Builder change() {
        return new Builder(this);
    }

    /** The next table in the making; used by one thread and once. */
    public static final class Builder {
        private final KeyedIndex.Builder<Frontend> frontends;
        private final KeyedIndex.Builder<ServiceAddress> addresses;
        private final BackendIndex.Builder backends;

        private Builder(ServiceTable from) {
            frontends = from.frontends.change();
            addresses = from.addresses.change();
            backends = from.backends.change();
        }

        public Frontend lookup(int version, long hi, long lo, int protocol, int port) {
            return frontends.find(hi, lo, Keyed.rest(version, protocol, port));
        }

        public int backendState(int handle) {
            return backends.state(handle);
        }

        /** Adds a frontend, in the place of one that matches the same packets. */
        public Builder put(Frontend frontend) {
            final Frontend before = frontends.put(frontend);
            if (ownsAddress(frontend)) {
                final ServiceAddress known = address(frontend);
                addresses.put(known == null ? new ServiceAddress(frontend) : known.with(frontend));
            } else if (before != null) {
                removeFromAddress(before);
            }
            return this;
        }

        /** Removes the frontend that matches the same packets. */
        public Builder remove(Frontend frontend) {
            final Frontend before = frontends.remove(frontend.hi, frontend.lo, frontend.rest);
            if (before != null) {
                removeFromAddress(before);
            }
            return this;
        }

        /** @param state {@link #NOT_SERVING} or {@link #SERVING} */
        public Builder put(Backend backend, int state) {
            if (state != NOT_SERVING && state != SERVING) {
                throw new IllegalArgumentException("state " + state);
            }
            backends.put(backend, state);
            return this;
        }

        public Builder remove(Backend backend) {
            backends.remove(backend.slot());
            return this;
        }

        public ServiceTable build() {
            return new ServiceTable(frontends.build(), addresses.build(), backends.build());
        }

        private void removeFromAddress(Frontend frontend) {
            if (!ownsAddress(frontend)) {
                return;
            }
            final ServiceAddress known = address(frontend);
            final ServiceAddress left = known.without(frontend);
            if (left == null) {
                addresses.remove(known.hi, known.lo, known.rest);
            } else {
                addresses.put(left);
            }
        }

        private ServiceAddress address(Frontend frontend) {
            return addresses.find(frontend.hi, frontend.lo, Keyed.rest(frontend.version(), 0, 0));
        }

        private static boolean ownsAddress(Frontend frontend) {
            return frontend.kind == Kind.CLUSTER_IP && !frontend.token;
        }
    }
}
