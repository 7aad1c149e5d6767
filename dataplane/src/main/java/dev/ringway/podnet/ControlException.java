package dev.ringway.podnet;

import com.fasterxml.jackson.databind.JsonNode;

/** A request on the control socket is refused. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final transient JsonNode detail;

    /**
     * @param code    a word for programs, as in {@code unknown-op}
     * @param message for people
     */
    public ControlException(String code, String message) {
        this(code, message, null);
    }

    /** @param detail more for programs, under a key that is the code; or null */
    public ControlException(String code, String message, JsonNode detail) {
        super(message);
        this.code = code;
        this.detail = detail;
    }

    /** More for programs, or null. */
    public JsonNode detail() {
        return detail;
    }

    public String code() {
        return code;
    }
}
