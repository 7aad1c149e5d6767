package dev.ringway.observe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.SearchWord;
import dev.ringway.podnet.ControlException;
import java.util.ArrayList;
import java.util.List;

/** What requests on the control socket tell their operation, checked. */
final class Arguments {
    private static final int MOST_WORDS = 16;

    private Arguments() {
    }

    static String text(JsonNode arguments, String key, String otherwise) throws ControlException {
        final JsonNode value = arguments.path(key);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw new ControlException("bad-request", key + " must be text");
        }
        return value.asText(otherwise);
    }

    /** A number from 1 on. */
    static int number(JsonNode arguments, String key, int otherwise, int most) throws ControlException {
        final JsonNode value = arguments.path(key);
        if (!value.isMissingNode() && (!value.isInt() || value.intValue() < 1 || value.intValue() > most)) {
            throw new ControlException("bad-request", key + " must be 1.." + most);
        }
        return value.asInt(otherwise);
    }

    /** A word, or a list of words. */
    static List<SearchWord> words(JsonNode arguments, String key) throws ControlException {
        final JsonNode value = arguments.path(key);
        final List<String> words = new ArrayList<>();
        if (value.isTextual()) {
            words.add(value.textValue());
        } else if (!value.isMissingNode()) {
            for (JsonNode word : value) {
                words.add(word.textValue());
            }
            if (!value.isArray() || words.contains(null) || words.size() > MOST_WORDS) {
                throw new ControlException("bad-request", key + " must be text, or a list of up to " + MOST_WORDS
                        + " words");
            }
        }
        return SearchWord.all(words);
    }
}
