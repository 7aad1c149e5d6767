package dev.ringway.control.store;

import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceCatalog;
import dev.ringway.control.services.ServiceFeed;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.service.Balance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The Services and EndpointSlices of a store, from its mailboxes to tables. Nothing is compiled before both kinds are
 * known and this node, too. Belongs to whoever has its source's lock.
 */
public final class StoredServices {
    private final Mailbox<ServiceSpec> newServices;
    private final Mailbox<EndpointSliceSpec> newSlices;
    private final Balance defaultBalance;
    private final Map<String, ServiceSpec> services = new HashMap<>();
    private final Map<String, EndpointSliceSpec> slices = new HashMap<>();
    private ServiceCatalog catalog;
    /** From the store or what was kept of it. */
    private boolean known;
    private Compiled compiled;

    /** @param defaultBalance for Services that do not say */
    public StoredServices(Mailbox<ServiceSpec> newServices, Mailbox<EndpointSliceSpec> newSlices,
            Balance defaultBalance) {
        this.newServices = newServices;
        this.newSlices = newSlices;
        this.defaultBalance = defaultBalance;
    }

    /** Begins with what was known last. */
    public void restore(StateFile.State<?> state) {
        state.services().forEach(service -> services.put(service.namespace() + "/" + service.name(), service));
        state.slices().forEach(slice -> slices.put(slice.namespace() + "/" + slice.name(), slice));
        known = true;
    }

    public void setNode(NodeView node) {
        if (catalog != null) {
            catalog.setNode(node);
            return;
        }
        catalog = new ServiceCatalog(node, defaultBalance);
        services.values().forEach(catalog::put);
        slices.values().forEach(catalog::put);
    }

    /**
     * Takes what is in the mailboxes. Services without their endpoints would refuse connections, so that the first of
     * both count together.
     *
     * @return true if there was something
     */
    public boolean take() {
        if (!newServices.isListed() || !newSlices.isListed()) {
            return false;
        }
        known = true;
        final Mailbox.Batch<ServiceSpec> serviceBatch = newServices.take();
        if (serviceBatch != null) {
            if (catalog != null) {
                Mailbox.gone(serviceBatch, services).forEach(this::removeService);
                serviceBatch.changes().values().stream().filter(Objects::nonNull).forEach(catalog::put);
            }
            Mailbox.apply(serviceBatch, services);
        }
        final Mailbox.Batch<EndpointSliceSpec> sliceBatch = newSlices.take();
        if (sliceBatch != null) {
            if (catalog != null) {
                Mailbox.gone(sliceBatch, slices).forEach(this::removeSlice);
                sliceBatch.changes().values().stream().filter(Objects::nonNull).forEach(catalog::put);
            }
            Mailbox.apply(sliceBatch, slices);
        }
        return serviceBatch != null || sliceBatch != null;
    }

    private void removeService(String key) {
        final int slash = key.indexOf('/');
        catalog.removeService(key.substring(0, slash), key.substring(slash + 1));
    }

    private void removeSlice(String key) {
        final int slash = key.indexOf('/');
        catalog.removeSlice(key.substring(0, slash), key.substring(slash + 1));
    }

    /** The tables if they are others than the last time, or null. */
    public Compiled compile() {
        final Compiled now = catalog == null || !known ? null : catalog.compile();
        final Compiled changed = now == compiled ? null : now;
        compiled = now;
        return changed;
    }

    public List<ServiceSpec> services() {
        return List.copyOf(services.values());
    }

    public List<EndpointSliceSpec> slices() {
        return List.copyOf(slices.values());
    }

    public ServiceListing.Found find(ServiceQuery query) {
        return catalog == null ? ServiceListing.Found.NONE : catalog.find(query);
    }

    /** Any thread. */
    public ServiceFeed.Pending pending() {
        return new ServiceFeed.Pending(newServices.size(), newSlices.size());
    }

    public List<String> warnings() {
        return compiled == null ? List.of() : compiled.warnings();
    }
}
