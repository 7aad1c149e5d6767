package dev.ringway.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    private static String compact(String text) throws JsonException {
        return Json.compact(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void blanksBetweenTokensGoAndNothingElse() throws JsonException {
        assertEquals("{\"a b\":[1,-0.5E+3,\"c  d\\n\"],\"e\":{},\"f\":[],\"g\":null,\"h\":true,\"i\":false}",
                compact("\t{ \"a b\" : [ 1 , -0.5E+3 ,\"c  d\\n\" ] ,\r\n\"e\":{ } , \"f\" : [ ], \"g\":null"
                        + ",\"h\": true,\"i\" :false } \n"));
        for (String same : List.of("0", "-1", "\"\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "true", "[[],[]]")) {
            assertEquals(same, compact(same));
        }
    }

    @Test
    void whatIsNotJsonIsRefused() {
        for (String wrong : List.of("", " ", "{", "[", "]", "{]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}",
                "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "tru", "True", "nul", "01", "-", "+1", "1.", ".5", "1e",
                "1e+", "0x1", "--1", "\"", "\"\\", "\"\\u12\"", "\"\\u12g4\"", "\"\\a\"", "\"a\tb\"", "1 2", "{}{}",
                "\u00a01", "'a'", "{\"a\":1 \"b\":2}", "\"\\u\uff11\uff11\uff11\uff11\"")) {
            assertThrows(JsonException.class, () -> compact(wrong), wrong);
        }
    }

    @Test
    void depthIsBounded() throws JsonException {
        final String deepest = "[".repeat(Json.MOST_DEPTH) + "]".repeat(Json.MOST_DEPTH);
        assertEquals(deepest, compact(deepest));
        assertThrows(JsonException.class, () -> compact("[" + deepest + "]"));
        // Beside one another they are not deep.
        compact("[" + "{},".repeat(1000) + "{}]");
    }

    @Test
    void messagesSayWhere() {
        final JsonException e = assertThrows(JsonException.class, () -> compact("{\n \"a\": x}"));
        assertTrue(e.getMessage().contains("line 2, column 7"), e.getMessage());
    }

    @Test
    void membersAreKeysAsTheyMeanAndValuesAsTheyAreWritten() throws JsonException {
        final Map<String, String> members = Json.members(compact(
                "{\"a\\u0062\":\"c\\u0064\", \"e\":{\"f\":[1]}, \"\":1.0}"));
        assertEquals(Map.of("ab", "\"c\\u0064\"", "e", "{\"f\":[1]}", "", "1.0"), members);
        assertEquals("cd", Json.string(members.get("ab")));
        assertNull(Json.string(members.get("e")));
        assertNull(Json.string(null));
        assertEquals(Map.of(), Json.members("{}"));
    }

    @Test
    void whatIsQuotedReadsTheSame() throws JsonException {
        final StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x180; c++) {
            all.append(c);
        }
        all.append("\ud83d\ude00");
        final StringBuilder quoted = new StringBuilder();
        Json.quote(quoted, all.toString());
        assertEquals(all.toString(), Json.string(compact(quoted.toString())));
    }
}
