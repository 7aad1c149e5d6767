package dev.ringway.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A value of the file with its path. The readers report what is wrong and go on with a fallback, so that one pass
 * finds every mistake; a file with any is refused as a whole.
 */
final class Value {
    private static final String AUTO = "auto";

    private final JsonNode node;
    private final KeyPath path;
    private final Problems problems;

    /** @param node null if the key is not there */
    Value(JsonNode node, KeyPath path, Problems problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    boolean isAbsent() {
        return node == null;
    }

    String path() {
        return path.toString();
    }

    boolean isWord(String word) {
        return node != null && word.equals(node.textValue());
    }

    /** True for {@code auto}, and for nothing, which means the same. */
    boolean isAuto() {
        return node == null || isWord(AUTO);
    }

    void refuse(String message) {
        problems.add(path, message);
    }

    /** Tells that the value is passed over, because it does no harm or harms only whom it belongs to. */
    void warn(String message) {
        problems.warn(path, message);
    }

    String text(String fallback) {
        if (node == null) {
            return fallback;
        }
        if (!node.isTextual() || node.textValue().isBlank()) {
            refuse("must be text, not " + describe() + (node.isNumber() || node.isBoolean() ? "; quote it" : ""));
            return fallback;
        }
        return node.textValue();
    }

    /** Text that must be there; null if it is not. */
    String requiredText(String what) {
        if (node == null) {
            refuse("is missing: " + what);
        }
        return text(null);
    }

    /** Required text, read by a function that throws {@link IllegalArgumentException}; null if it is not right. */
    <T> T parsed(String what, Function<String, T> parser) {
        final String text = requiredText(what);
        if (text != null) {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                refuse(e.getMessage());
            }
        }
        return null;
    }

    long integer(long fallback, long least, long most, String unit) {
        if (node == null) {
            return fallback;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least
                || node.longValue() > most) {
            refuse("must be a whole number from " + least + " to " + most + unit + ", not " + describe());
            return fallback;
        }
        return node.longValue();
    }

    int integer(int fallback, int least, int most, String unit) {
        return (int) integer((long) fallback, least, most, unit);
    }

    /** A number, or 0 for {@code auto} and for nothing. */
    int integerOrAuto(int least, int most, String unit) {
        if (isAuto()) {
            return 0;
        }
        if (node.isTextual()) {
            refuse("must be auto or a whole number from " + least + " to " + most + unit + ", not " + describe());
            return 0;
        }
        return integer(0, least, most, unit);
    }

    boolean flag(boolean fallback) {
        if (node == null) {
            return fallback;
        }
        if (!node.isBoolean()) {
            refuse("must be true or false, not " + describe());
            return fallback;
        }
        return node.booleanValue();
    }

    /** One of a few words; the first is the default. */
    String choice(String... allowed) {
        if (node == null) {
            return allowed[0];
        }
        final List<String> words = List.of(allowed);
        if (!node.isTextual() || !words.contains(node.textValue())) {
            refuse("must be " + String.join(" or ", words) + ", not " + describe()
                    + (node.isTextual() ? Suggestion.near(node.textValue(), words) : ""));
            return allowed[0];
        }
        return node.textValue();
    }

    /**
     * The entries of a list.
     *
     * @param required what there must be one of, or null if the list may be empty or missing
     */
    List<Value> items(String required) {
        final List<Value> items = new ArrayList<>();
        final boolean nothing = node == null || node.isNull();
        if (required != null && (nothing || node.isArray() && node.isEmpty())) {
            refuse((node == null ? "is missing: " : "is empty: ") + required);
        } else if (!nothing && !node.isArray()) {
            refuse("must be a list, not " + describe());
        } else if (!nothing) {
            for (int i = 0; i < node.size(); i++) {
                items.add(new Value(node.get(i), path.item(node, i), problems));
            }
        }
        return items;
    }

    /** The keys of a mapping; none if it is not there or all its keys are commented out. */
    Section section() {
        if (node == null || node.isNull()) {
            return new Section(null, path, problems);
        }
        if (!node.isObject()) {
            refuse("must be a mapping of keys to values, not " + describe());
            // What is missing inside follows from this and is not told.
            return new Section(null, path, problems.unheard());
        }
        return new Section(node, path, problems);
    }

    private String describe() {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "a mapping";
            case NULL -> "empty";
            case STRING -> "'" + node.textValue() + "'";
            default -> node.asText();
        };
    }
}
