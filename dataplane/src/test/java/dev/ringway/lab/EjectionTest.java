package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EjectionTest {
    /** Two eject it, one may have been under way; a try may come a second after the last failure. */
    @ParameterizedTest
    @CsvSource({"0, 3", "999, 3", "1000, 4", "1999, 4", "5000, 8"})
    void failuresThatAClientMaySee(long ms, int most) {
        assertEquals(most, Ejection.mostFailures(Duration.ofMillis(ms)));
    }
}
