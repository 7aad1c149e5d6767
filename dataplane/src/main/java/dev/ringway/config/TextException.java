package dev.ringway.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** A text was refused for a reason that is told in our own words, and not because a parser does not understand it. */
final class TextException extends JsonProcessingException {
    private static final long serialVersionUID = 1L;

    TextException(String message, JsonLocation location) {
        super(message, location);
    }
}
