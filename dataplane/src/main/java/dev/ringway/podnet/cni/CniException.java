package dev.ringway.podnet.cni;

/** An error as the runtime is told: a code of the CNI specification, a short message, details that may be empty. */
final class CniException extends Exception {
    static final int INCOMPATIBLE_VERSION = 1;
    static final int UNSUPPORTED_FIELD = 2;
    static final int INVALID_ENVIRONMENT = 4;
    static final int IO = 5;
    static final int DECODING = 6;
    static final int INVALID_CONFIG = 7;
    /** The pod's namespace is the plugin's own; not in the specification, but what other plugins use. */
    static final int OWN_NAMESPACE = 8;
    static final int TRY_AGAIN = 11;
    static final int INTERNAL = 999;
    /** Own codes begin at 100. CHECK found what is not as ADD left it. */
    static final int DRIFT = 101;

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String details;

    CniException(int code, String message, String details) {
        super(message);
        this.code = code;
        this.details = details;
    }

    CniException(int code, String message) {
        this(code, message, "");
    }

    int code() {
        return code;
    }

    String details() {
        return details;
    }
}
