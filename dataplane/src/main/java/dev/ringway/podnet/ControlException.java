package dev.ringway.podnet;

/** A request on the control socket is refused. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * @param code    a word for programs, as in {@code unknown-op}
     * @param message for people
     */
    public ControlException(String code, String message) {
        super(message);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
