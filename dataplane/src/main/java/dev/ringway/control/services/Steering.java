package dev.ringway.control.services;

import dev.ringway.fib.IpAddress;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServiceTable;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tokens: the ports of the service address that stand for what clients outside address. A NodePort's token is itself;
 * external addresses get one that is free, as far as possible from where NodePorts are, and keep it. Control thread
 * only.
 */
final class Steering {
    private static final int FIRST = 32_768;
    private static final int LAST = 65_535;
    /** Where to look when those are used up. */
    private static final int LEAST = 1024;

    private final TreeMap<Long, Steered> steered = new TreeMap<>();
    private List<Steered> list = List.of();
    private boolean changed;
    private int next = FIRST;
    /** Who has gone without, of versions and protocols of which no port was free when it was looked for last. */
    private final Map<Integer, Set<ServiceState>> full = new HashMap<>();

    /** A port of the service address that the table does not have yet, or 0. */
    int freeToken(ServiceTable.Builder table, IpAddress at, int protocol, ServiceState owner) {
        final Set<ServiceState> without = full.get(at.version() << 8 | protocol);
        if (without != null) {
            without.add(owner);
            return 0;
        }
        for (int tried = 0; tried <= LAST - LEAST; tried++) {
            final int token = next;
            next = token == LAST ? LEAST : token + 1;
            if (table.lookup(at.version(), at.hi(), at.lo(), protocol, token) == null) {
                return token;
            }
        }
        full.put(at.version() << 8 | protocol, new LinkedHashSet<>(Set.of(owner)));
        return 0;
    }

    /** @param endpoint as of {@link Steered} */
    void put(Frontend token, Steered.Endpoint endpoint) {
        final Steered now = new Steered(token.version(), token.kind == Kind.NODE_PORT ? null : token.address,
                token.protocol(), token.number, token.matchPort(), endpoint);
        changed |= !now.equals(steered.put(key(token), now));
    }

    /** Gives a port back; returns who has gone without, and may have it now. */
    Set<ServiceState> remove(Frontend token) {
        changed |= steered.remove(key(token)) != null;
        final Set<ServiceState> without = full.remove(token.version() << 8 | token.protocol());
        return without == null ? Set.of() : without;
    }

    /** All of them, by version, protocol and token. */
    List<Steered> list() {
        if (changed) {
            list = List.copyOf(steered.values());
            changed = false;
        }
        return list;
    }

    private static long key(Frontend token) {
        return (long) token.version() << 32 | (long) token.protocol() << 16 | token.matchPort();
    }
}
