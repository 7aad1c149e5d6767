package dev.ringway.control.services;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Frontend;
import dev.ringway.service.Kind;
import dev.ringway.service.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A catalog under test: changes go in as specs, what comes out is asked for as people write it. */
final class Cluster {
    final ServiceCatalog catalog;
    Compiled compiled;

    Cluster() {
        this(Specs.SELF);
    }

    Cluster(NodeView self) {
        catalog = new ServiceCatalog(self);
        compiled = catalog.compile();
    }

    Cluster put(Specs.Service... services) {
        for (Specs.Service service : services) {
            catalog.put(service.spec());
        }
        compiled = catalog.compile();
        return this;
    }

    Cluster put(Specs.Slice... slices) {
        for (Specs.Slice slice : slices) {
            catalog.put(slice.spec());
        }
        compiled = catalog.compile();
        return this;
    }

    Cluster remove(String service) {
        catalog.removeService("default", service);
        compiled = catalog.compile();
        return this;
    }

    Cluster removeSlice(String slice) {
        catalog.removeSlice("default", slice);
        compiled = catalog.compile();
        return this;
    }

    Frontend tcp(String address, int port) {
        return frontend(address, Protocols.TCP, port);
    }

    Frontend frontend(String address, int protocol, int port) {
        final IpAddress ip = IpText.address(address);
        return compiled.table().lookup(ip.version(), ip.hi(), ip.lo(), protocol, port);
    }

    boolean isServiceAddress(String address) {
        final IpAddress ip = IpText.address(address);
        return compiled.table().isServiceAddress(ip.version(), ip.hi(), ip.lo());
    }

    /** The steered entry of an address, or of a NodePort if it is null. */
    Steered steered(String address, int port) {
        final IpAddress ip = address == null ? null : IpText.address(address);
        return compiled.steered().stream().filter(one -> one.port() == port
                && (ip == null ? one.address() == null && one.version() == 4 : ip.equals(one.address())))
                .findFirst().orElse(null);
    }

    /** The frontend that the kernel's traffic for this entry comes to. */
    Frontend behind(Steered steered) {
        final IpAddress at = catalog.node().serviceAddress(steered.version());
        return compiled.table().lookup(at.version(), at.hi(), at.lo(), steered.protocol(), steered.token());
    }

    static List<String> cluster(Frontend frontend) {
        return texts(frontend.port.cluster);
    }

    static List<String> local(Frontend frontend) {
        return texts(frontend.port.local);
    }

    static List<String> texts(BackendSet set) {
        final List<String> all = new ArrayList<>();
        for (Backend backend : set.backends) {
            all.add(text(backend));
        }
        return all;
    }

    static String text(Backend backend) {
        final String address = IpText.text(new IpAddress(backend.version, backend.hi, backend.lo));
        return (backend.version == 4 ? address : "[" + address + "]") + ":" + backend.port;
    }

    int handle(String address, int port, String backend) {
        for (Backend one : tcp(address, port).port.cluster.backends) {
            if (text(one).equals(backend)) {
                return one.handle;
            }
        }
        throw new AssertionError("no backend " + backend);
    }

    int state(int handle) {
        return compiled.table().backendState(handle);
    }

    /** Everything in the table that does not depend on what happened before. */
    static TreeSet<String> describe(Compiled compiled) {
        final TreeSet<String> all = new TreeSet<>();
        compiled.table().forEachFrontend(frontend -> {
            final ServicePort port = frontend.port;
            // Which free number an external address gets as its token is nobody's business.
            final boolean given = frontend.token && frontend.kind != Kind.NODE_PORT;
            all.add(frontend.kind + " " + IpText.text(frontend.address) + " " + frontend.protocol() + " "
                    + frontend.number + (frontend.token ? " token " : " ") + (given ? "" : frontend.matchPort()) + " "
                    + port.name + " " + weighted(port.cluster) + " " + weighted(port.local) + " " + port.anyBackend
                    + port.internalLocal + port.externalLocal + port.affinitySeconds + port.balance
                    + (frontend.sourceRanges == null ? "" : " restricted"));
        });
        compiled.healthChecks().forEach(check -> all.add(check.toString()));
        compiled.steered().forEach(one -> all.add("steered " + one.version() + one.address() + one.protocol()
                + one.port()));
        all.add(compiled.table().backendCount() + " backends");
        return all;
    }

    private static String weighted(BackendSet set) {
        final StringBuilder all = new StringBuilder();
        for (Backend backend : set.backends) {
            all.append(text(backend)).append('*').append(backend.weight).append(backend.local ? "L " : " ");
        }
        return all.toString();
    }
}
