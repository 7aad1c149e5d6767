package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.fib.Prefix;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceRangesTest {
    private static final long TEN = 10L << 56;

    @Test
    void onlyWhatLiesInside() {
        final SourceRanges ranges = new SourceRanges(List.of(new Prefix(4, TEN, 0, 8),
                new Prefix(4, 192L << 56 | 1L << 32, 0, 32), new Prefix(6, 0x2001_0DB8L << 32, 0, 32)));
        assertTrue(ranges.allows(4, TEN | 0xFFFF_FFL << 32, 0));
        assertFalse(ranges.allows(4, 11L << 56, 0));
        assertTrue(ranges.allows(4, 192L << 56 | 1L << 32, 0));
        assertFalse(ranges.allows(4, 192L << 56 | 2L << 32, 0));
        assertTrue(ranges.allows(6, 0x2001_0DB8_FFFFL << 16, -1));
        assertFalse(ranges.allows(6, TEN, 0));
    }

    @Test
    void noneAllowNobody() {
        assertFalse(new SourceRanges(List.of()).allows(4, TEN, 0));
    }
}
