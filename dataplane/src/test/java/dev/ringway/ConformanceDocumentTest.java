package dev.ringway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/conformance.md says is tested is tested, and what it names is there. */
class ConformanceDocumentTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CLAIM = Pattern.compile("`(\\w+)`");
    /** A class of ours, also of one's own accord in a sentence. */
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+[a-z]\\w*)`");
    private static final Pattern KEY = Pattern.compile("`[a-z]+\\.([a-zA-Z]+)`");
    private static final Pattern DISPLAY_NAME = Pattern.compile("@DisplayName\\(((?:\\s*\\+?\\s*\"[^\"]*\")+)\\)");

    /** The first two cells of a table's line. */
    private record Row(String name, String scenario) {
    }

    private static List<Row> rows() throws IOException {
        final List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/conformance.md"))) {
            final String[] cells = line.split(" ?\\| ?");
            if (line.startsWith("| ") && !cells[1].startsWith("---")) {
                assertEquals(3, cells.length, line);
                rows.add(new Row(cells[1], cells[2]));
            }
        }
        return rows;
    }

    /** The names of each test class's tests. */
    private static Map<String, List<String>> tests() throws IOException {
        final Map<String, List<String>> names = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                final List<String> found = new ArrayList<>();
                final Matcher matcher = DISPLAY_NAME.matcher(Files.readString(file));
                while (matcher.find()) {
                    found.add(matcher.group(1).replaceAll("\"\\s*\\+\\s*\"", "").strip().replace("\"", ""));
                }
                names.put(file.getFileName().toString().replace(".java", ""), found);
            }
        }
        return names;
    }

    @Test
    void scenariosHaveTheNames() throws IOException {
        final Map<String, List<String>> tests = tests();
        int claims = 0;
        for (Row row : rows()) {
            final Matcher claim = CLAIM.matcher(row.scenario);
            if (claim.matches() && tests.containsKey(claim.group(1))) {
                claims++;
                assertTrue(tests.get(claim.group(1)).stream().anyMatch(name -> name.contains(row.name)),
                        claim.group(1) + " has no test named: " + row.name);
            }
        }
        assertTrue(claims > 50, claims + " claims were found");
    }

    @Test
    void classesAndKeysAreThere() throws IOException {
        final Map<String, List<String>> tests = tests();
        final String sample = Files.readString(ROOT.resolve("conf/ringway.yaml"));
        int keys = 0;
        for (Row row : rows()) {
            final Matcher type = CLASS.matcher(row.scenario);
            while (type.find()) {
                assertTrue(tests.containsKey(type.group(1)), row.name + ": there is no test class " + type.group(1));
            }
            final Matcher key = KEY.matcher(row.scenario);
            while (key.find()) {
                keys++;
                assertTrue(sample.contains(key.group(1) + ":"), row.name + ": there is no key " + key.group());
            }
        }
        assertTrue(keys > 10, keys + " keys were found");
    }
}
