package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private final Failures failures = new Failures();

    private void fails(Failures.Kind kind, String message) {
        failures.attempt(kind, "nft: ", () -> {
            throw new IOException(message);
        });
    }

    private void succeeds(Failures.Kind kind) {
        failures.attempt(kind, "nft: ", () -> { });
    }

    @Test
    void whatFailsStaysUntilThatSucceeds() throws Exception {
        assertNull(failures.text());
        fails(Failures.Kind.CHECK, "killed");
        succeeds(Failures.Kind.STEERING);
        assertEquals("nft: killed", failures.text());
        fails(Failures.Kind.STEERING, "busy");
        fails(Failures.Kind.STEERING, "denied");
        assertEquals("nft: denied; nft: killed", failures.text());
        succeeds(Failures.Kind.CHECK);
        while (failures.lastMs() == 0) {
            Thread.onSpinWait();
        }
        final long lasted = failures.lastMs();
        fails(Failures.Kind.STEERING, "busy again");
        assertTrue(failures.lastMs() >= lasted, "since the first of them");
        succeeds(Failures.Kind.STEERING);
        assertNull(failures.text());
        assertEquals(0, failures.lastMs());
    }
}
