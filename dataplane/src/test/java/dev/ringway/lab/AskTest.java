package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskTest {
    private static final LabSpec SPEC = new LabSpec(2, 1, "vxlan", true, 4, "shared", 1500);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "10.96.0.80  | 80    | n1-p1 -> 10.96.0.80:80      | http://10.96.0.80/          | 10.244.1.10",
        "172.30.0.2  | 30080 | n1-p1 -> 172.30.0.2:30080   | http://172.30.0.2:30080/    | 10.244.1.10",
        "fd00:96::50 | 80    | n1-p1 -> [fd00:96::50]:80   | 'http://[fd00:96::50]/'     | fd00:244:1::a",
        "fd00:30::2  | 30080 | n1-p1 -> [fd00:30::2]:30080 | 'http://[fd00:30::2]:30080/' | fd00:244:1::a",
    })
    void asPeopleReadAndTypeIt(String address, int port, String text, String url, String source) {
        final Ask ask = new Ask(SPEC.pod(1, 1), address, port);
        assertEquals(text, ask.text());
        assertEquals("ringway lab exec n1-p1 curl " + url, ask.command());
        assertEquals("ringway resolve " + source + " " + ask.to() + " --socket /run/x", ask.resolveCommand(
                Path.of("/run/x")));
    }
}
