package dev.ringway.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Kubernetes objects as text, JSON or YAML, to trees as {@link ServiceObjectReader} takes them. Pure. */
public final class ObjectText {
    private static final int MOST_DEPTH = 64;
    private static final int LOOK_AHEAD = 64;
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxNestingDepth(MOST_DEPTH)
            .maxStringLength(1 << 20).maxNumberLength(20).build();
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
            final JsonNode object = new ObjectTree(parser).value();
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("has something behind the first object");
            }
            return object;
        } catch (JsonProcessingException e) {
            final int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
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

    /** What a parser has to say, for people. */
    static String problem(JsonProcessingException e) {
        return e.getCause() instanceof MarkedYAMLException marked ? "not YAML: " + marked.getProblem()
                : e.getOriginalMessage();
    }

    private static boolean isJson(InputStream in) throws IOException {
        in.mark(LOOK_AHEAD);
        int c = in.read();
        for (int i = 1; i < LOOK_AHEAD && c <= ' ' && c >= 0; i++) {
            c = in.read();
        }
        in.reset();
        return c == '{';
    }

    private static LoaderOptions anySize() {
        final LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        return options;
    }
}
