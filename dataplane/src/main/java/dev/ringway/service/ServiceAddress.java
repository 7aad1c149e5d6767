package dev.ringway.service;

import java.util.Arrays;

/** An address that belongs to services as a whole, and the frontends that have it. Immutable. */
final class ServiceAddress extends Keyed {
    /** By protocol and port. */
    private final Frontend[] frontends;

    ServiceAddress(Frontend only) {
        this(only, new Frontend[] {only});
    }

    private ServiceAddress(Frontend one, Frontend[] frontends) {
        super(one.hi, one.lo, rest(one.version(), 0, 0));
        this.frontends = frontends;
    }

    /** The one that what is asked of the address itself is for: the first with backends, if there is one. */
    Frontend first() {
        for (Frontend frontend : frontends) {
            if (!frontend.port.cluster.isEmpty()) {
                return frontend;
            }
        }
        return frontends[0];
    }

    /** The same with a frontend, in the place of one that matches the same packets. */
    ServiceAddress with(Frontend frontend) {
        final int at = position(frontend);
        final Frontend[] next;
        if (at < frontends.length && frontends[at].rest == frontend.rest) {
            next = frontends.clone();
        } else {
            next = new Frontend[frontends.length + 1];
            System.arraycopy(frontends, 0, next, 0, at);
            System.arraycopy(frontends, at, next, at + 1, frontends.length - at);
        }
        next[at] = frontend;
        return new ServiceAddress(frontend, next);
    }

    /** The same without a frontend that it has; null if that was the last. */
    ServiceAddress without(Frontend frontend) {
        if (frontends.length == 1) {
            return null;
        }
        final int at = position(frontend);
        final Frontend[] next = Arrays.copyOf(frontends, frontends.length - 1);
        System.arraycopy(frontends, at + 1, next, at, next.length - at);
        return new ServiceAddress(frontends[0], next);
    }

    private int position(Frontend frontend) {
        int at = 0;
        while (at < frontends.length && Integer.compareUnsigned(frontends[at].rest, frontend.rest) < 0) {
            at++;
        }
        return at;
    }
}
