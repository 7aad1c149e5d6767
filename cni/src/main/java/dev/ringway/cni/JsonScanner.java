package dev.ringway.cni;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads one JSON text from its first character to its last; used once. */
final class JsonScanner {
    private static final int END = -1;

    private final String text;
    private final StringBuilder compact;
    private int at;
    private int depth;

    JsonScanner(String text) {
        this.text = text;
        compact = new StringBuilder(text.length());
    }

    String compact() throws JsonException {
        blanks();
        value();
        blanks();
        if (at < text.length()) {
            throw wrong("the end");
        }
        return compact.toString();
    }

    void members(Map<String, String> members) throws JsonException {
        expect('{');
        if (peek() == '}') {
            return;
        }
        do {
            final String key = string();
            expect(':');
            final int start = at;
            value();
            members.put(key, text.substring(start, at));
        } while (take() == ',');
    }

    /** Reads a string and unescapes it. */
    String string() throws JsonException {
        expect('"');
        final int start = at;
        StringBuilder unescaped = null;
        while (true) {
            final int c = take();
            if (c == '"') {
                break;
            }
            if (c < ' ') {
                at--;
                throw wrong(c == END ? "the end of a string" : "an escape for a control character");
            }
            if (c == '\\') {
                if (unescaped == null) {
                    unescaped = new StringBuilder().append(text, start, at - 1);
                }
                unescaped.append(escape());
            } else if (unescaped != null) {
                unescaped.append((char) c);
            }
        }
        compact.append(text, start - 1, at);
        return unescaped == null ? text.substring(start, at - 1) : unescaped.toString();
    }

    private char escape() throws JsonException {
        final int c = take();
        switch (c) {
            case '"', '\\', '/':
                return (char) c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                return unicode();
            default:
                at--;
                throw wrong("an escape such as \\n");
        }
    }

    private char unicode() throws JsonException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            final int c = take();
            final int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                at--;
                throw wrong("four hexadecimal digits");
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private void value() throws JsonException {
        switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void object() throws JsonException {
        enter('{');
        final Set<String> keys = new HashSet<>();
        if (peek() != '}') {
            while (true) {
                final int start = at;
                final String key = string();
                if (!keys.add(key)) {
                    at = start;
                    throw new JsonException("the key \"" + key + "\" is there twice, the second time" + place());
                }
                blanks();
                expect(':');
                compact.append(':');
                blanks();
                value();
                blanks();
                if (peek() != ',') {
                    break;
                }
                comma();
            }
        }
        leave('}');
    }

    private void array() throws JsonException {
        enter('[');
        if (peek() != ']') {
            while (true) {
                value();
                blanks();
                if (peek() != ',') {
                    break;
                }
                comma();
            }
        }
        leave(']');
    }

    private void enter(char open) throws JsonException {
        if (++depth > Json.MOST_DEPTH) {
            throw new JsonException("nested more than " + Json.MOST_DEPTH + " levels deep" + place());
        }
        expect(open);
        compact.append(open);
        blanks();
    }

    private void leave(char close) throws JsonException {
        expect(close);
        compact.append(close);
        depth--;
    }

    private void comma() {
        at++;
        compact.append(',');
        blanks();
    }

    private void word(String word) throws JsonException {
        if (!text.startsWith(word, at)) {
            throw wrong("a value");
        }
        at += word.length();
        compact.append(word);
    }

    private void number() throws JsonException {
        final int start = at;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        compact.append(text, start, at);
    }

    private void digits() throws JsonException {
        final int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            throw wrong("a value");
        }
    }

    private void blanks() {
        while (true) {
            final int c = peek();
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return;
            }
            at++;
        }
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private int take() {
        final int c = peek();
        at++;
        return c;
    }

    private void expect(char wanted) throws JsonException {
        if (peek() != wanted) {
            throw wrong("'" + wanted + "'");
        }
        at++;
    }

    private JsonException wrong(String wanted) {
        return new JsonException((at < text.length() ? "unexpected character" : "unexpected end") + place()
                + ", where there should be " + wanted);
    }

    private String place() {
        int line = 1;
        int column = 1;
        for (int i = 0; i < at && i < text.length(); i++) {
            final boolean next = text.charAt(i) == '\n';
            line += next ? 1 : 0;
            column = next ? 1 : column + 1;
        }
        return " in line " + line + ", column " + column;
    }
}
