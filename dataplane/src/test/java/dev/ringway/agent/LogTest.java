package dev.ringway.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

class LogTest {
    @Test
    void lines() {
        assertEquals("1970-01-01T00:00:00.000Z INFO    up", LogLine.of(0, System.Logger.Level.INFO, "up"));
        assertEquals("2026-11-23T09:58:35.079Z WARNING {0} 'x'",
                LogLine.of(1_795_427_915_079L, System.Logger.Level.WARNING, "{0} 'x'"));
        assertEquals("1969-12-31T23:59:59.999Z ERROR   x", LogLine.of(-1, System.Logger.Level.ERROR, "x"));
    }

    @Test
    void repeatsAreHeldBackAndCounted() {
        final RepeatFilter filter = new RepeatFilter();
        assertEquals("", filter.admit("a", 0));
        assertNull(filter.admit("a", 1));
        assertEquals("", filter.admit("b", 1));
        assertNull(filter.admit("a", RepeatFilter.QUIET_MS - 1));
        assertEquals(" (and 2 times more in between)", filter.admit("a", RepeatFilter.QUIET_MS));
        assertNull(filter.admit("a", RepeatFilter.QUIET_MS + 1));
        assertEquals("", filter.admit("b", 10 * RepeatFilter.QUIET_MS));
    }

    @Test
    void manyDifferentLinesDoNotPileUp() {
        final RepeatFilter filter = new RepeatFilter();
        filter.admit("first", 0);
        for (int i = 0; i < 1_000; i++) {
            assertEquals("", filter.admit("line " + i, 0));
        }
        assertEquals("", filter.admit("first", 0));
    }

    @Test
    void linesAsJson() throws Exception {
        final JsonNode line = new JsonMapper().readTree(LogLine.json(79, System.Logger.Level.ERROR, "dev.ringway.x",
                "a \"b\"\n{0}", new IllegalStateException("why")));
        assertEquals("1970-01-01T00:00:00.079Z", line.path("time").asText());
        assertEquals("ERROR", line.path("level").asText());
        assertEquals("dev.ringway.x", line.path("logger").asText());
        assertEquals("a \"b\"\n{0}", line.path("message").asText());
        assertTrue(line.path("exception").asText().contains("IllegalStateException: why"));
        final String plain = LogLine.json(0, System.Logger.Level.INFO, "x", "a\nb", null);
        assertEquals(1, plain.lines().count());
        assertTrue(!plain.contains("exception"));
    }

    @Test
    void tooManyLinesAreHeldBackAndCounted() {
        final LogBudget budget = new LogBudget();
        for (int i = 0; i < LogBudget.BURST; i++) {
            assertTrue(budget.allows(1_000));
        }
        assertTrue(!budget.allows(1_000));
        assertTrue(!budget.allows(1_001));
        assertTrue(!budget.owesWord(1_001));
        assertTrue(budget.owesWord(2_000));
        for (int i = 0; i < LogBudget.A_SECOND; i++) {
            assertTrue(budget.allows(2_000));
        }
        assertTrue(!budget.allows(2_000));
        assertEquals(3, budget.takeHeld());
        assertTrue(!budget.owesWord(100_000));
        for (int i = 0; i < LogBudget.BURST; i++) {
            assertTrue(budget.allows(100_000));
        }
        assertTrue(!budget.allows(100_000));
    }

    @Test
    void loggersOfTheProcessAreOurs() {
        final System.Logger ours = System.getLogger("dev.ringway.test");
        assertTrue(ours.isLoggable(System.Logger.Level.INFO));
        assertTrue(!ours.isLoggable(System.Logger.Level.DEBUG));
        assertTrue(!System.getLogger("other").isLoggable(System.Logger.Level.INFO));
        assertTrue(System.getLogger("other").isLoggable(System.Logger.Level.WARNING));
    }
}
