package dev.ringway.control.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceFeed;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.service.Balance;
import org.junit.jupiter.api.Test;

/** From a store's mailboxes to tables. */
class StoredServicesTest {
    @Test
    void whatIsPending() {
        final Mailbox<ServiceSpec> services = new Mailbox<>();
        final Mailbox<EndpointSliceSpec> slices = new Mailbox<>();
        final StoredServices stored = new StoredServices(services, slices, Balance.RANDOM);
        assertEquals(ServiceFeed.Pending.NONE, stored.pending());
        services.remove("a/b");
        slices.remove("a/c");
        slices.remove("a/d");
        slices.remove("a/d");
        assertEquals(new ServiceFeed.Pending(1, 2), stored.pending());
        services.listed();
        slices.listed();
        assertTrue(stored.take());
        assertEquals(ServiceFeed.Pending.NONE, stored.pending());
    }
}
