package dev.ringway.control.services;

import dev.ringway.control.SearchWord;
import dev.ringway.service.Backend;
import dev.ringway.service.Frontend;
import java.util.List;

/**
 * Which Services people ask for, and how many of them at once.
 *
 * @param words    all must match: an address of it, with or without a port, or a part of
 *                 {@code namespace/name:portname}; with no words those that are not served are only counted
 * @param from     {@code namespace/name} to begin at, or empty: the first
 * @param behind   begin behind that one
 * @param most     how many at most
 * @param backends none behind the Service by which they have more backends than this together
 * @param count    also count all that match
 */
public record ServiceQuery(List<SearchWord> words, String from, boolean behind, int most, int backends,
        boolean count) {
    /** Just this one, or the first behind it. */
    static ServiceQuery of(String namespace, String name) {
        final String both = namespace + "/" + name;
        return new ServiceQuery(List.of(SearchWord.of(both)), both, false, 1, 0, false);
    }

    ServiceKey fromKey() {
        final int slash = from.indexOf('/');
        return new ServiceKey(from.substring(0, Math.max(0, slash)), from.substring(slash + 1));
    }

    /** True if the Service is one of those that the words mean. */
    boolean takes(ServiceState state) {
        for (SearchWord word : words) {
            if (!(word.isAddress() ? isAt(word, state) : isNamed(word, state))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNamed(SearchWord word, ServiceState state) {
        for (PortState port : state.ports) {
            if (port.compiled != null && word.isIn(port.compiled.name)) {
                return true;
            }
        }
        return state.ports.length == 0 && word.isIn(state.key.toString());
    }

    private static boolean isAt(SearchWord word, ServiceState state) {
        for (PortState port : state.ports) {
            if (isAt(word, port)) {
                return true;
            }
        }
        for (IngressSpec ingress : state.spec.loadBalancer()) {
            if (!ingress.vip() && word.is(ingress.address(), 0)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(SearchWord word, PortState port) {
        for (Frontend frontend : port.frontends) {
            if (word.is(frontend.address, frontend.number)) {
                return true;
            }
        }
        for (Backend backend : port.backends) {
            if (word.is(backend.version, backend.hi, backend.lo, backend.port)) {
                return true;
            }
        }
        return false;
    }
}
