package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @Test
    void columnsAlign() {
        final Table table = new Table("POD", ">PACKETS", "NETNS");
        assertTrue(table.isEmpty());
        table.row("default/a", "7", "x").row("b", "1234567890", "");
        assertEquals("""
                POD           PACKETS  NETNS
                default/a           7  x
                b          1234567890
                """, table.toString());
        assertThrows(IllegalArgumentException.class, () -> table.row("one"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1536, 1.5 KiB", "102297, 99.9 KiB", "102349, 100 KiB",
        "102400, 100 KiB", "1048576, 1.0 MiB", "10737418240, 10.0 GiB", "9223372036854775807, 8192 PiB"})
    void bytes(long bytes, String text) {
        assertEquals(text, Texts.bytes(bytes));
    }

    @ParameterizedTest
    @CsvSource({"999, 0 s", "59999, 59 s", "60000, 1 min 0 s", "3599000, 59 min 59 s", "3600000, 1 h 0 min",
        "90000000, 1 d 1 h"})
    void durations(long ms, String text) {
        assertEquals(text, Texts.duration(ms));
    }
}
