package dev.ringway.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.testing.Seeded;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Masks and membership of prefixes, both versions. */
class PrefixTest {
    private static final long POD = 0x0AF4_010A_0000_0000L;

    private static BigInteger number(long hi, long lo) {
        return new BigInteger(Long.toUnsignedString(hi)).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(lo)));
    }

    @Test
    void masksHaveAsManyBits() {
        for (int length = 0; length <= 128; length++) {
            final BigInteger mask = BigInteger.ONE.shiftLeft(length).subtract(BigInteger.ONE).shiftLeft(128 - length);
            assertEquals(mask, number(Prefix.maskHi(length), Prefix.maskLo(length)), "length " + length);
        }
    }

    @Test
    void containsWhatSharesItsBits() {
        Seeded.rounds(20_000, random -> {
            final int length = random.nextInt(129);
            final long hi = random.nextLong();
            final long lo = random.nextLong();
            final Prefix prefix = Prefix.of(6, hi, lo, length);
            assertTrue(prefix.contains(6, hi, lo));
            // One bit turned over: inside as long as it is a host bit.
            final int bit = random.nextInt(128);
            final long otherHi = bit < 64 ? hi ^ 1L << 63 - bit : hi;
            final long otherLo = bit < 64 ? lo : lo ^ 1L << 127 - bit;
            assertEquals(bit >= length, prefix.contains(6, otherHi, otherLo));
        });
    }

    @Test
    void versionsAreApart() {
        assertFalse(Prefix.of(4, 0, 0, 0).contains(6, 0, 0));
        assertFalse(Prefix.of(6, 0, 0, 0).contains(4, 0, 0));
        assertTrue(Prefix.of(4, 0, 0, 0).contains(4, POD, 0));
    }

    @Test
    void cutsHostBitsOff() {
        assertEquals(new Prefix(4, 0x0AF4_0100_0000_0000L, 0, 24), Prefix.of(4, POD, 0, 24));
        assertEquals(new Prefix(4, POD, 0, 32), new IpAddress(4, POD, 0).asPrefix());
        assertEquals(new Prefix(6, 1, 2, 128), new IpAddress(6, 1, 2).asPrefix());
    }

    @Test
    void refusesWhatIsNoPrefix() {
        assertThrows(IllegalArgumentException.class, () -> new Prefix(4, POD, 0, 24));
        assertThrows(IllegalArgumentException.class, () -> new Prefix(6, 0, 1, 127));
        assertThrows(IllegalArgumentException.class, () -> new Prefix(4, 0, 0, 33));
        assertThrows(IllegalArgumentException.class, () -> new Prefix(6, 0, 0, 129));
        assertThrows(IllegalArgumentException.class, () -> new Prefix(6, 0, 0, -1));
        assertThrows(IllegalArgumentException.class, () -> new Prefix(5, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new IpAddress(4, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new IpAddress(4, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new IpAddress(7, 0, 0));
    }
}
