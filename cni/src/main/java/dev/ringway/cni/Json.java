package dev.ringway.cni;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON as text: values are not turned into a tree but checked, stripped of the blanks between tokens, and passed on
 * as they were written, numbers and all. Strict as RFC 8259, and beyond it refuses what is a trap: a key twice in one
 * object, nesting beyond {@link #MOST_DEPTH}. A JSON library of the usual kind takes longer to load than this whole
 * program runs.
 */
final class Json {
    /** The daemon allows 32 and puts the configuration two levels down. */
    static final int MOST_DEPTH = 28;

    private Json() {
    }

    /** The text in UTF-8, without the blanks between tokens, if it is one JSON value. */
    static String compact(byte[] utf8) throws JsonException {
        final String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new JsonException("not UTF-8");
        }
        return new JsonScanner(text).compact();
    }

    /** The members of an object in compact form: keys as they mean, values as they are written. */
    static Map<String, String> members(String object) throws JsonException {
        final Map<String, String> members = new LinkedHashMap<>();
        final JsonScanner scanner = new JsonScanner(object);
        scanner.members(members);
        return members;
    }

    static boolean isObject(String value) {
        return value != null && value.startsWith("{");
    }

    /** What a string value means; null when the value is absent, JSON's null, or not a string. */
    static String string(String value) throws JsonException {
        return value != null && value.startsWith("\"") ? new JsonScanner(value).string() : null;
    }

    /** Appends a text as a JSON string. */
    static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c < ' ') {
                out.append("\\u00").append(c < 16 ? '0' : '1').append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
