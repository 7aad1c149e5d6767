package dev.ringway.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTextTest {
    /** Right-hand side: RFC 5952. */
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0", "10.244.1.10, 10.244.1.10", "255.255.255.255, 255.255.255.255",
        "::, ::", "::1, ::1", "1::, 1::", "2001:DB8::1, 2001:db8::1", "2001:0db8:0:0:0:0:0002:0001, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "fd00:244:1::a, fd00:244:1::a", "1:0:0:2:3:4:0:0, 1::2:3:4:0:0",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::", "1:2:3:4:5:6:7:0, 1:2:3:4:5:6:7:0", "64:ff9b::1.2.3.4, 64:ff9b::102:304"})
    void canonical(String text, String canonical) {
        assertEquals(canonical, IpText.text(IpText.address(text)));
    }

    @Test
    void tablesForm() {
        assertEquals(new IpAddress(4, 0x0AF4_010AL << 32, 0), IpText.address("10.244.1.10"));
        assertEquals(new IpAddress(6, 0xFD00_0244_0001_0000L, 10), IpText.address("fd00:244:1::a"));
        assertEquals(new Prefix(4, 0x0AF4_0000L << 32, 0, 16), IpText.prefix("10.244.0.0/16"));
        assertEquals(new Prefix(6, 0, 0, 0), IpText.prefix("::/0"));
        assertEquals("fd00:244::/32", IpText.text(IpText.prefix("fd00:0244::/32")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.1", "1", "10.1.2", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "256.1.1.1", "1.2.3.",
        "a.b.c.d", "1.2.3.4 ", "localhost", "fe80::1%eth0", "[::1]", "::1::", ":", "1:2:3:4:5:6:7:8:9", "12345::",
        "::ffff:1.2.3.4", "0x7f.0.0.1", "1.2.3.4/24"})
    void notAnAddress(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpText.address(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/+8",
        "10.0.0.1/8", "10.0.0.0/8/8", "::/129", "::1/64", "/8", "10.0.0.0/ 8"})
    void notAPrefix(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpText.prefix(text));
    }

    @Test
    void randomAddressesComeBackAndAreReadAlikeByTheJdk() throws UnknownHostException {
        final Random random = new Random(5952);
        for (int i = 0; i < 20_000; i++) {
            // Zero groups in many places, so that runs of all lengths occur.
            long hi = 0;
            long lo = 0;
            for (int group = 0; group < 4; group++) {
                hi = hi << 16 | (random.nextBoolean() ? 0 : random.nextInt(0x10000));
                lo = lo << 16 | (random.nextBoolean() ? 0 : random.nextInt(0x10000));
            }
            final IpAddress six = new IpAddress(6, hi, lo);
            final IpAddress four = new IpAddress(4, hi & 0xFFFF_FFFF_0000_0000L, 0);
            assertEquals(four, IpText.address(IpText.text(four)));
            // Text of an IPv4-mapped address reads back as IPv4 in the JDK, and is refused by us.
            if (hi != 0 || lo >>> 32 != 0xFFFF) {
                assertEquals(six, IpText.address(IpText.text(six)));
                final byte[] bytes = ByteBuffer.allocate(16).putLong(hi).putLong(lo).array();
                assertEquals(InetAddress.getByAddress(bytes), InetAddress.ofLiteral(IpText.text(six)));
            }
        }
    }
}
