package dev.ringway.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
    /** printf node1 | sha256sum: the first five bytes. All versions of the program must agree on it. */
    @Test
    void ofANode() {
        assertEquals("02:ca:12:f3:1b:8c", MacAddress.text(MacAddress.ofNode("node1")));
    }

    @Test
    void text() {
        assertEquals(0x02_00_5E_10_00_FFL, MacAddress.parse("02:00:5e:10:00:fF"));
        assertEquals("02:00:5e:10:00:ff", MacAddress.text(0x02_00_5E_10_00_FFL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02:00:5e:10:00", "02-00-5e-10-00-01", "02:00:5e:10:00:0g", "02:00:5e:10:00:01:02",
        "0200.5e10.0001", "00:00:00:00:00:00", "01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "02:00:5e:10:00:٣1"})
    void refused(String text) {
        assertThrows(IllegalArgumentException.class, () -> MacAddress.parse(text));
    }
}
