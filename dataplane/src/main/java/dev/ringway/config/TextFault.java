package dev.ringway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Where bytes stop being text. Looked for when a parser does not understand them, since parsers tell neither the line
 * nor the byte in words for people.
 */
record TextFault(long place, String problem) {
    private static final int CHUNK = 1 << 14;

    /** Null if all of it is text in UTF-8. */
    static TextFault find(InputStream in) throws IOException {
        final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        final ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
        final CharBuffer chars = CharBuffer.allocate(CHUNK);
        int line = 1;
        int column = 1;
        boolean end = false;
        while (!end) {
            final int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
            end = count < 0;
            bytes.position(bytes.position() + Math.max(0, count)).flip();
            final CoderResult result = decoder.decode(bytes, chars, end);
            chars.flip();
            while (chars.hasRemaining()) {
                final char c = chars.get();
                if (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
                    return new TextFault(Places.of(line, column), "the control character "
                            + hex(c) + " is no text");
                }
                line += c == '\n' ? 1 : 0;
                column = c == '\n' ? 1 : column + 1;
            }
            if (result.isError()) {
                return new TextFault(Places.of(line, column), "the byte " + hex(bytes.get() & 0xFF)
                        + " is not UTF-8");
            }
            chars.clear();
            bytes.compact();
        }
        return null;
    }

    private static String hex(int value) {
        return (value < 0x10 ? "0x0" : "0x") + Integer.toHexString(value);
    }
}
