package dev.ringway.shard;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import dev.ringway.service.Handle;
import dev.ringway.service.Kind;
import dev.ringway.service.ServicePort;
import dev.ringway.service.ServiceTable;
import dev.ringway.service.SourceRanges;
import java.util.ArrayList;
import java.util.List;

/** One service port with its backends, and the table that has only it. */
final class TestService {
    private final IpAddress vip;
    private final int number;
    private final List<Backend> backends = new ArrayList<>();
    private final List<Backend> listed = new ArrayList<>();
    private final List<Object[]> tokens = new ArrayList<>();
    private final List<Object[]> externals = new ArrayList<>();
    private int protocol = 6;
    private int slot = 1;
    private int generation = 1;
    private int id = 1;
    private String name = "test/service:port";
    private boolean externalLocal;
    private int affinityS;
    private int weight = 1;
    private SourceRanges sources;
    private Balance balance = Balance.RANDOM;

    TestService(String vip, int number) {
        this.vip = IpText.address(vip);
        this.number = number;
    }

    TestService udp() {
        protocol = 17;
        return this;
    }

    TestService sctp() {
        protocol = 132;
        return this;
    }

    TestService externalLocal() {
        externalLocal = true;
        return this;
    }

    TestService leastFlows() {
        return balance(Balance.LEAST_FLOWS);
    }

    TestService maglev() {
        return balance(Balance.MAGLEV);
    }

    TestService balance(Balance how) {
        balance = how;
        return this;
    }

    /** Another service port than the usual one: clients' affinity to it and its counters are its own. */
    TestService named(int handle, String as) {
        id = handle;
        name = as;
        return this;
    }

    /** Of backends from now on. */
    TestService weight(int next) {
        weight = next;
        return this;
    }

    /** Who may come from outside. */
    TestService sources(String range) {
        sources = new SourceRanges(List.of(IpText.prefix(range)));
        return this;
    }

    TestService affinity(int seconds) {
        affinityS = seconds;
        return this;
    }

    /** Number of the next backend's slot; the same number is the same backend to running flows. */
    TestService first(int next) {
        slot = next;
        return this;
    }

    /** Generation of the next backends: another one in the same slot is another backend. */
    TestService generation(int number) {
        generation = number;
        return this;
    }

    TestService backend(String address, int port, boolean local) {
        backends.add(next(address, port, local));
        return this;
    }

    /** One that is there but does not serve. */
    TestService listed(String address, int port, boolean local) {
        listed.add(next(address, port, local));
        return this;
    }

    private Backend next(String address, int port, boolean local) {
        final IpAddress ip = IpText.address(address);
        return new Backend(Handle.of(slot++, generation), ip.version(), ip.hi(), ip.lo(), port, weight, local);
    }

    TestService token(String at, int token, String address, int port) {
        tokens.add(new Object[] {IpText.address(at), token, IpText.address(address), port});
        return this;
    }

    /** An external address of it. */
    TestService external(String address, int port) {
        externals.add(new Object[] {IpText.address(address), port});
        return this;
    }

    ServiceTable table() {
        return addTo(ServiceTable.EMPTY);
    }

    /** The table with this service port besides its others. */
    ServiceTable addTo(ServiceTable others) {
        final boolean maglev = balance == Balance.MAGLEV;
        final BackendSet all = BackendSet.of(backends.toArray(new Backend[0]), maglev);
        final BackendSet local = BackendSet.of(backends.stream().filter(one -> one.local).toArray(Backend[]::new),
                maglev);
        final ServicePort port = new ServicePort(id, name, all, local, !backends.isEmpty(), false,
                externalLocal, affinityS, balance);
        final ServiceTable.Builder table = others.change();
        backends.forEach(one -> table.put(one, ServiceTable.SERVING));
        listed.forEach(one -> table.put(one, ServiceTable.NOT_SERVING));
        table.put(Frontend.of(vip, protocol, number, port, Kind.CLUSTER_IP, null));
        for (Object[] token : tokens) {
            table.put(Frontend.token((IpAddress) token[0], protocol, (int) token[1], port, Kind.NODE_PORT, sources,
                    (IpAddress) token[2], (int) token[3]));
        }
        for (Object[] external : externals) {
            table.put(Frontend.of((IpAddress) external[0], protocol, (int) external[1], port, Kind.EXTERNAL_IP,
                    sources));
        }
        return table.build();
    }
}
