package dev.ringway.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Kubernetes objects as text, JSON or YAML, to trees as {@link ServiceObjectReader} takes them. Pure. */
public final class ObjectText {
    private static final int MOST_DEPTH = 64;
    private static final int MOST_STRING = 1 << 20;
    private static final int LOOK_AHEAD = 64;
    private static final int BYTE_ORDER_MARK = 0xEF;
    /** What a parser says of itself, behind what it says of the text. */
    private static final Pattern PARSERS_OWN = Pattern.compile("(?s) \\((?:start marker|for \\w+ starting) at .*|\n.*");
    private static final String CUT_OFF = "ends in the middle of an object; is it cut off?";
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH)
            .maxStringLength(MOST_STRING).maxNumberLength(20).build();
    private static final YAMLFactory YAML = YAMLFactory.builder().loaderOptions(anySize())
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS).streamReadConstraints(LIMITS).build();
    private static final JsonFactory JSON = JsonFactory.builder().streamReadConstraints(LIMITS).build();

    private ObjectText() {
    }

    /**
     * The one object of a text.
     *
     * @throws IllegalArgumentException that says what is wrong, for people
     */
    public static JsonNode parse(String text) {
        try (JsonParser parser = parser(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("is no mapping, as in kubectl get -o json");
            }
            final JsonNode object = new ObjectTree(parser).object();
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("has something behind the first object");
            }
            return object;
        } catch (JsonProcessingException e) {
            final int line = Places.line(place(e));
            throw new IllegalArgumentException((line > 0 ? "line " + line + ": " : "") + problem(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A parser for what the stream holds. YAML could be read from JSON, too, but ten times as slowly. */
    static JsonParser parser(InputStream in) throws IOException {
        final InputStream buffered = new BufferedInputStream(in, 1 << 16);
        return isJson(buffered) ? JSON.createParser(buffered) : YAML.createParser(buffered);
    }

    /** Where a parser stopped; 0: it does not tell. */
    static long place(JsonProcessingException e) {
        return e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null
                ? Places.of(marked.getProblemMark().getLine() + 1, marked.getProblemMark().getColumn() + 1)
                : Places.of(e.getLocation());
    }

    /** What a parser has to say, for people. */
    static String problem(JsonProcessingException e) {
        final String said = e.getOriginalMessage();
        if (e instanceof TextException) {
            return said;
        }
        if (said.startsWith("Unexpected end-of-input")) {
            return CUT_OFF;
        }
        if (e instanceof StreamConstraintsException) {
            return said.contains("depth") ? "nested more than " + MOST_DEPTH + " levels deep"
                    : said.contains("String") ? "a text of more than " + MOST_STRING + " characters"
                            : "a number or a key that is too long";
        }
        if (e.getCause() instanceof MarkedYAMLException marked) {
            return "not YAML: " + (marked.getProblem().contains("<stream end>") ? CUT_OFF : marked.getProblem());
        }
        return (e.getProcessor() instanceof YAMLParser ? "not YAML: " : "not JSON: ")
                + PARSERS_OWN.matcher(said).replaceFirst("");
    }

    private static boolean isJson(InputStream in) throws IOException {
        in.mark(LOOK_AHEAD);
        final byte[] start = in.readNBytes(LOOK_AHEAD);
        in.reset();
        if (isUtf16(start)) {
            throw new TextException("is UTF-16; it must be UTF-8", new JsonLocation(null, 0, 1, 1));
        }
        int at = start.length > 2 && (start[0] & 0xFF) == BYTE_ORDER_MARK ? 3 : 0;
        while (at < start.length && start[at] <= ' ' && start[at] >= 0) {
            at++;
        }
        return at < start.length && start[at] == '{';
    }

    /** By its byte order mark, or the zero beside its first letter. */
    private static boolean isUtf16(byte[] start) {
        return start.length > 1 && (start[0] == 0 || start[1] == 0 || start[0] == -1 && start[1] == -2
                || start[0] == -2 && start[1] == -1);
    }

    private static LoaderOptions anySize() {
        final LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        return options;
    }
}
