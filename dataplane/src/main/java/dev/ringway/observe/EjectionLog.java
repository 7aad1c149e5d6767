package dev.ringway.observe;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.IpText;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import dev.ringway.service.Ejections;
import dev.ringway.service.Handle;
import dev.ringway.service.ServiceTable;
import dev.ringway.shard.Dataplane;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Tells the log of backends that are ejected and of those that are back. A few lines at once, and then few: backends
 * that fail again and again are no reason to hear of nothing else. The control thread's.
 */
public final class EjectionLog {
    /** Lines at once, and how long until there may be one more. */
    static final int BURST = 10;
    static final long MS_A_LINE = 6_000;

    private final Dataplane dataplane;
    private final SnapshotPublisher publisher;
    private final BiConsumer<System.Logger.Level, String> log;
    /** The ejected backends as of the last look, and the port of the Service that each is one of. */
    private Map<Integer, Integer> known = Map.of();
    private long fullMs = Long.MIN_VALUE;
    private int held;

    public EjectionLog(Dataplane dataplane, SnapshotPublisher publisher) {
        this(dataplane, publisher, System.getLogger(EjectionLog.class.getName())::log);
    }

    EjectionLog(Dataplane dataplane, SnapshotPublisher publisher, BiConsumer<System.Logger.Level, String> log) {
        this.dataplane = dataplane;
        this.publisher = publisher;
        this.log = log;
    }

    /** To be called about once a second. */
    public void tick(long nowMs) {
        final Map<Integer, Integer> now = new HashMap<>();
        Ejections why = Ejections.NONE;
        for (Ejections shard : dataplane.ejections()) {
            for (int i = 0; i < shard.size(); i++) {
                now.put(shard.handle(i), shard.service(i));
                why = shard;
            }
        }
        if (held > 0 && hasRoom(nowMs)) {
            tell(nowMs, WARNING, held + " more times a backend was ejected or came back");
            held = 0;
        }
        if (!now.keySet().equals(known.keySet())) {
            tell(nowMs, now, why);
            known = now;
        }
    }

    private void tell(long nowMs, Map<Integer, Integer> now, Ejections why) {
        final Set<Integer> ports = new HashSet<>(now.values());
        ports.addAll(known.values());
        final Map<Integer, String> names = new HashMap<>();
        final ServiceTable services = publisher.current().services();
        services.forEachFrontend(frontend -> {
            if (ports.contains(frontend.port.id)) {
                names.put(frontend.port.id, frontend.port.name);
            }
        });
        for (Map.Entry<Integer, Integer> one : now.entrySet()) {
            final String backend = known.containsKey(one.getKey()) ? null : name(services, names, one);
            if (backend != null) {
                tell(nowMs, WARNING, backend + " is ejected: " + why.failures() + " connections in a row were"
                        + " refused or"
                        + " not answered; it gets no new flows but one every " + why.retryS() + " s, until that is"
                        + " answered");
            }
        }
        for (Map.Entry<Integer, Integer> one : known.entrySet()) {
            final String backend = now.containsKey(one.getKey()) ? null : name(services, names, one);
            if (backend != null) {
                tell(nowMs, INFO, backend + " is back: it has answered");
            }
        }
    }

    /** Null if it is listed no more: then it is not ejected, but gone. */
    private static String name(ServiceTable services, Map<Integer, String> names, Map.Entry<Integer, Integer> one) {
        final Backend backend = services.backend(Handle.slot(one.getKey()));
        if (backend == null || backend.handle != one.getKey()) {
            return null;
        }
        return "Service " + names.getOrDefault(one.getValue(), "?") + ": backend "
                + IpText.endpoint(new IpAddress(backend.version, backend.hi, backend.lo), backend.port);
    }

    private void tell(long nowMs, System.Logger.Level level, String line) {
        if (!hasRoom(nowMs)) {
            held++;
            return;
        }
        fullMs = Math.max(fullMs, nowMs) + MS_A_LINE;
        log.accept(level, line);
    }

    private boolean hasRoom(long nowMs) {
        return Math.max(fullMs, nowMs) - nowMs <= (BURST - 1) * MS_A_LINE;
    }
}
