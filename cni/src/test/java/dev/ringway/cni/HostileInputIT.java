package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ringway.cni.Plugins.Outcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Standard input that wants to do harm: each is refused with code 6, by client and launcher, and nothing breaks. */
class HostileInputIT {
    @TestFactory
    List<DynamicTest> refused() {
        final Map<String, byte[]> inputs = new LinkedHashMap<>();
        put(inputs, "arrays 100,000 deep", "[".repeat(100_000));
        put(inputs, "objects 29 deep", "{\"a\":".repeat(29) + "1" + "}".repeat(29));
        put(inputs, "closed more often than opened", "{\"name\":\"n\"}}");
        put(inputs, "two values", "{\"name\":\"n\"} {}");
        put(inputs, "a key twice", "{\"name\":\"n\",\"name\":\"m\"}");
        put(inputs, "a key twice, once escaped", "{\"name\":\"n\",\"n\\u0061me\":\"m\"}");
        put(inputs, "a key twice, further down", "{\"name\":\"n\",\"x\":[{\"a\":1,\"a\":1}],\"y\":\"\\n\"}");
        put(inputs, "a comment", "{\"name\":\"n\" /* x */}");
        put(inputs, "a comma too many", "{\"name\":\"n\",}");
        put(inputs, "single quotes", "{'name':'n'}");
        put(inputs, "not a number", "{\"name\":\"n\",\"x\":NaN}");
        put(inputs, "a leading zero", "{\"name\":\"n\",\"x\":012}");
        put(inputs, "a line feed in a string", "{\"name\":\"n\",\"x\":\"a\nb\"}");
        put(inputs, "an escape that is none", "{\"name\":\"n\",\"x\":\"\\x41\"}");
        put(inputs, "half an escape", "{\"name\":\"n\",\"x\":\"\\u00");
        put(inputs, "no end", "{\"name\":\"n\",\"x\":[\"");
        put(inputs, "a byte order mark", "\ufeff{\"name\":\"n\"}");
        put(inputs, "more than 1 MiB", "{\"name\":\"n\",\"x\":\"" + "a".repeat(1 << 20) + "\"}");
        put(inputs, "more than 1 MiB of blanks", "{\"name\":\"n\"" + " ".repeat(1 << 20) + "}");
        inputs.put("bytes that are not UTF-8", bytes("{\"name\":\"n\",\"x\":\"", 0xc3, 0x28, "\"}"));
        inputs.put("a surrogate in UTF-8", bytes("{\"name\":\"n\",\"x\":\"", 0xed, 0xa0, "\"}"));
        inputs.put("a zero byte", bytes("{\"name\":\"n\",\"x\":", 0, 0, "}"));
        final List<DynamicTest> tests = new ArrayList<>();
        inputs.forEach((name, input) -> tests.add(dynamicTest(name, () -> {
            for (String command : List.of("ADD", "DEL")) {
                final Outcome outcome = Plugins.run(Plugins.environment(command), input);
                assertEquals("6", outcome.get("code"), outcome.toString());
                assertEquals(1, outcome.exit());
                assertEquals("", outcome.err());
                assertTrue(outcome.out().length() < 1000, "an answer of " + outcome.out().length() + " characters");
            }
        })));
        return tests;
    }

    private static void put(Map<String, byte[]> inputs, String name, String text) {
        inputs.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String before, int first, int second, String after) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        out.write(first);
        out.write(second);
        out.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }
}
