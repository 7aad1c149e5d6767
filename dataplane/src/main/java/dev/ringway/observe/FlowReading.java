package dev.ringway.observe;

import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowState;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.fib.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A flow as it was a moment ago. It is read while the switch writes: one that came or went meanwhile may be missing or
 * be a mixture of two, which is told by its creation time and left out.
 */
final class FlowReading {
    private final End client;
    private final End vip;
    private final End backend;
    private final End seen;
    private final int entrance;
    private final boolean handedOn;
    private final int protocol;
    private final int state;
    private final int ageS;
    private final int idleS;
    private final long[] packets = new long[2];
    private final long[] bytes = new long[2];

    /** An address and a port. */
    record End(IpAddress address, int port) {
    }

    private FlowReading(long flow, int nowS) {
        final int version = Flow.version(flow);
        client = new End(new IpAddress(version, Flow.clientHi(flow), Flow.clientLo(flow)), Flow.clientPort(flow));
        vip = new End(new IpAddress(version, Flow.vipHi(flow), Flow.vipLo(flow)), Flow.vipPort(flow));
        backend = new End(new IpAddress(version, Flow.backendHi(flow), Flow.backendLo(flow)),
                Flow.backendPort(flow));
        seen = new End(new IpAddress(version, Flow.seenHi(flow), Flow.seenLo(flow)), Flow.seenPort(flow));
        entrance = Flow.entrance(flow);
        handedOn = Flow.isHandedOn(flow);
        protocol = Flow.protocol(flow);
        state = Flow.state(flow);
        ageS = nowS - Flow.createdS(flow);
        idleS = nowS - Flow.lastSeenS(flow);
        for (int i = 0; i < 2; i++) {
            packets[i] = Flow.packets(flow, i == 1);
            bytes[i] = Flow.bytes(flow, i == 1);
        }
    }

    /** All flows of all shards; those whose directions pass different shards come once. */
    static List<FlowReading> all(List<FlowTable> tables) {
        final int nowS = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        final List<FlowReading> all = new ArrayList<>();
        for (FlowTable table : tables) {
            for (int i = 0; i < table.used(); i++) {
                final FlowReading reading = read(table.entry(i), nowS);
                if (reading != null) {
                    all.add(reading);
                }
            }
        }
        return all;
    }

    private static FlowReading read(long flow, int nowS) {
        if (Flow.state(flow) == 0 || Flow.isAnswersOnly(flow)) {
            return null;
        }
        final int version = Flow.version(flow);
        final int created = Flow.createdS(flow);
        final int port = Flow.clientPort(flow);
        if (version != 4 && version != 6) {
            return null;
        }
        final FlowReading reading = new FlowReading(flow, nowS);
        return Flow.state(flow) != 0 && Flow.createdS(flow) == created && Flow.clientPort(flow) == port
                && Flow.version(flow) == version ? reading : null;
    }

    End client() {
        return client;
    }

    /** What the client has addressed. */
    End vip() {
        return vip;
    }

    End backend() {
        return backend;
    }

    /** Whom the backend sees. */
    End seen() {
        return seen;
    }

    /** As {@link Flow#entrance}. */
    int entrance() {
        return entrance;
    }

    /** As {@link Flow#isHandedOn}. */
    boolean isHandedOn() {
        return handedOn;
    }

    int protocol() {
        return protocol;
    }

    String state() {
        return FlowState.name(state);
    }

    int ageS() {
        return ageS;
    }

    int idleS() {
        return idleS;
    }

    long packets(boolean reply) {
        return packets[reply ? 1 : 0];
    }

    long bytes(boolean reply) {
        return bytes[reply ? 1 : 0];
    }
}
