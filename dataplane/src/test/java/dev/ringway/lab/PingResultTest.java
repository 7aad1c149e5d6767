package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PingResultTest {
    @Test
    void answers() {
        final PingResult result = PingResult.parse("""
                PING 10.244.2.10 (10.244.2.10) 56(84) bytes of data.
                64 bytes from 10.244.2.10: icmp_seq=1 ttl=62 time=0.174 ms
                64 bytes from 10.244.2.10: icmp_seq=2 ttl=62 time=0.091 ms
                64 bytes from 10.244.2.10: icmp_seq=3 ttl=62 time=12.4 ms

                --- 10.244.2.10 ping statistics ---
                3 packets transmitted, 3 received, 0% packet loss, time 41ms
                rtt min/avg/max/mdev = 0.091/4.221/12.400/0.041 ms
                """);
        assertEquals(new PingResult(3, 3, List.of(0.091, 0.174, 12.4), List.of()), result);
        assertTrue(result.answered());
        assertEquals(0.091, result.bestMs());
    }

    @Test
    void answersOverIpv6() {
        final PingResult result = PingResult.parse("""
                PING fd00:244:2::a(fd00:244:2::a) 56 data bytes
                64 bytes from fd00:244:2::a: icmp_seq=1 ttl=62 time=0.050 ms

                --- fd00:244:2::a ping statistics ---
                1 packets transmitted, 1 received, 0% packet loss, time 0ms
                rtt min/avg/max/mdev = 0.050/0.050/0.050/0.000 ms
                """);
        assertEquals(new PingResult(1, 1, List.of(0.05), List.of()), result);
    }

    @Test
    void silence() {
        final PingResult result = PingResult.parse("""
                PING 10.244.2.10 (10.244.2.10) 56(84) bytes of data.

                --- 10.244.2.10 ping statistics ---
                3 packets transmitted, 0 received, 100% packet loss, time 2041ms

                """);
        assertEquals(new PingResult(3, 0, List.of(), List.of()), result);
        assertFalse(result.answered());
        assertEquals("no answer to 3 packets", result.complaint());
    }

    @Test
    void icmpErrors() {
        final PingResult result = PingResult.parse("""
                PING 10.244.1.250 (10.244.1.250) 56(84) bytes of data.
                From 10.244.1.1 icmp_seq=1 Destination Host Unreachable

                --- 10.244.1.250 ping statistics ---
                1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms
                """);
        assertEquals(new PingResult(1, 0, List.of(),
                List.of(new PingResult.Error("10.244.1.1", "Destination Host Unreachable"))), result);
        assertEquals("10.244.1.1 says: Destination Host Unreachable", result.complaint());
    }

    @Test
    void icmpErrorsOverIpv6() {
        final PingResult result = PingResult.parse("""
                PING fd00:244:1::fa(fd00:244:1::fa) 56 data bytes
                From fd00:244:1::1 icmp_seq=1 Destination unreachable: No route

                --- fd00:244:1::fa ping statistics ---
                1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms
                """);
        assertEquals(List.of(new PingResult.Error("fd00:244:1::1", "Destination unreachable: No route")),
                result.errors());
    }

    @Test
    void whatTheLocalKernelRefuses() {
        final PingResult result = PingResult.parse("ping: connect: Network is unreachable\n");
        assertEquals(new PingResult(0, 0, List.of(),
                List.of(new PingResult.Error("", "connect: Network is unreachable"))), result);
        assertEquals("connect: Network is unreachable", result.complaint());
    }

    @Test
    void percentilesAreNearestRank() {
        final List<Double> times = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            times.add((double) i);
        }
        final PingResult result = new PingResult(200, 200, times, List.of());
        assertEquals(100, result.percentileMs(0.5));
        assertEquals(198, result.percentileMs(0.99));
        assertEquals(200, result.percentileMs(1));
        assertEquals(1, result.percentileMs(0));
        assertEquals(7, new PingResult(1, 1, List.of(7.0), List.of()).percentileMs(0.99));
    }
}
