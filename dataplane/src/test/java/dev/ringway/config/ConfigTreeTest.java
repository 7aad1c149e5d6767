package dev.ringway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTreeTest {
    @Test
    void linesOfKeysAndItems() throws ConfigException {
        final ConfigTree tree = ConfigTree.parse(ConfigFiles.FILE, "a:\n  - b: 1\n    c: x\n  - y\nd: {e: off}\n");
        assertEquals("{\"a\":[{\"b\":1,\"c\":\"x\"},\"y\"],\"d\":{\"e\":\"off\"}}", tree.root().toString());
        assertEquals(2, tree.lines().get("a[0]"));
        assertEquals(3, tree.lines().get("a[0].c"));
        assertEquals(4, tree.lines().get("a[1]"));
        assertEquals(5, tree.lines().get("d.e"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        a: 1~a: 2              | node.yaml:2: a: given twice, first in line 1
        a: {b: 1, c: {b: 1, b: 2}} | node.yaml:1: a.c.b: given twice, first in line 1
        a: &x 1~b: *x          | node.yaml:2: b: aliases (*name) are not supported; write the value out
        a: 1~---~b: 1          | holds more than one document
        - a                    | node.yaml:1: must be a mapping of keys to values
        just text              | node.yaml:1: must be a mapping of keys to values
        a: [1                  | not YAML: expected ',' or ']'
        a: b: c                | node.yaml:1: not YAML: mapping values are not allowed here
        """)
    void refused(String yaml, String expected) {
        final ConfigException refusal = assertThrows(ConfigException.class,
                () -> ConfigTree.parse(ConfigFiles.FILE, yaml.replace('~', '\n')));
        assertEquals(1, refusal.problems().size());
        assertTrue(refusal.getMessage().contains(expected), refusal.getMessage());
    }

    @Test
    void depthIsBounded() {
        final ConfigException refusal = assertThrows(ConfigException.class,
                () -> ConfigTree.parse(ConfigFiles.FILE, "a: " + "[".repeat(5000)));
        assertTrue(refusal.getMessage().contains("nesting depth"), refusal.getMessage());
    }

    @Test
    void filesThatAreNone(@TempDir Path directory) throws Exception {
        assertTrue(assertThrows(ConfigException.class, () -> ConfigTree.read(directory.resolve("missing")))
                .getMessage().endsWith("missing: no such file"));
        assertTrue(assertThrows(ConfigException.class, () -> ConfigTree.read(directory))
                .getMessage().contains("cannot be read"));
        final Path huge = directory.resolve("huge");
        Files.write(huge, new byte[(8 << 20) + 1]);
        assertTrue(assertThrows(ConfigException.class, () -> ConfigTree.read(huge))
                .getMessage().contains("larger than 8388608 bytes"));
    }
}
