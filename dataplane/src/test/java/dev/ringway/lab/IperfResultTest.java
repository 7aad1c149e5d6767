package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class IperfResultTest {
    @Test
    void whatWasReceivedCounts() {
        final IperfResult result = IperfResult.parse("""
                {"start": {"version": "iperf 3.12"}, "intervals": [],
                 "end": {"streams": [],
                  "sum_sent": {"seconds": 3.0, "bytes": 9, "bits_per_second": 9.5e9, "retransmits": 17, "sender": true},
                  "sum_received": {"seconds": 3.004, "bytes": 8, "bits_per_second": 7250000000.5, "sender": true}}}
                """);
        assertNull(result.error());
        assertEquals(7.2500000005, result.gbitPerSecond(), 1e-9);
        assertEquals(17, result.retransmits());
        assertEquals(3.004, result.seconds());
    }

    @Test
    void itsErrorIsTold() {
        assertEquals("unable to connect to server: Connection refused", IperfResult.parse("""
                {"start": {"connected": []}, "intervals": [], "end": {},
                 "error": "unable to connect to server: Connection refused"}
                """).error());
    }

    @Test
    void aRunThatMovedNothingIsAFailure() {
        assertEquals("nothing was received", IperfResult.parse("""
                {"end": {"sum_received": {"seconds": 3, "bits_per_second": 0}}}
                """).error());
    }

    @Test
    void somethingElseThanJsonIsQuoted() {
        assertEquals("iperf3 printed no JSON: ip: cannot open network namespace",
                IperfResult.parse("ip: cannot open network namespace\nmore").error());
        assertEquals("nothing was received", IperfResult.parse("").error());
    }
}
