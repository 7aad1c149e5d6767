package dev.ringway.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpEndpointTest {
    @ParameterizedTest
    @CsvSource({"10.0.0.1, 10.0.0.1, 0", "10.0.0.1:80, 10.0.0.1, 80", "fd00::1, fd00::1, 0", "[fd00::1], fd00::1, 0",
        "[fd00::1]:65535, fd00::1, 65535", "fd00::80:80, fd00::80:80, 0"})
    void asPeopleWriteIt(String text, String address, int port) {
        assertEquals(new IpEndpoint(IpText.address(address), port), IpEndpoint.parse(text));
        assertTrue(SearchWord.of(text).isAddress());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.97.0.80]:80", "[10.97.0.80]:80", "[fd00::1", "[fd00::1]80", "[fd00::1]x:80",
        "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:+80", "10.0.0.1:80:80", "10.0.0:80", "web:80", ""})
    void anythingElseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpEndpoint.parse(text));
        assertFalse(SearchWord.of(text).isAddress());
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 10.0.0.1, 80, true", "10.0.0.1:80, 10.0.0.1, 80, true", "10.0.0.1:80, 10.0.0.1, 81, false",
        "10.0.0.1, 10.0.0.10, 80, false", "[fd00::1]:80, fd00::1, 80, true", "::, 0.0.0.0, 80, false"})
    void addressesAreExact(String word, String address, int port, boolean is) {
        assertEquals(is, SearchWord.of(word).is(IpText.address(address), port));
        assertFalse(SearchWord.of(word).isIn(word), "an address is no part of a name");
    }

    @ParameterizedTest
    @CsvSource({"WEB, test/web:http, true", "b:H, test/web:http, true", "http, test/web:http, true",
        "https, test/web:http, false", "'', x, true"})
    void namesAreInAnyCase(String word, String name, boolean is) {
        assertEquals(is, SearchWord.of(word).isIn(name));
        assertFalse(SearchWord.of(word).isIn(null));
    }
}
