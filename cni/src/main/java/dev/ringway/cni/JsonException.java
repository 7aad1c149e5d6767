package dev.ringway.cni;

/** A text is not the JSON that it should be; the message says where. */
final class JsonException extends Exception {
    JsonException(String message) {
        super(message, null, false, false);
    }
}
