package dev.ringway.cni;

/** An error as the runtime is told: a code of the specification, a short message, details that may be empty. */
class CniError extends Exception {
    static final int INCOMPATIBLE_VERSION = 1;
    static final int INVALID_ENVIRONMENT = 4;
    static final int IO = 5;
    static final int DECODING = 6;
    static final int INVALID_CONFIG = 7;
    /** The pod's namespace is the plugin's own; not in the specification, but what other plugins use. */
    static final int OWN_NAMESPACE = 8;
    static final int TRY_AGAIN = 11;
    static final int NOT_AVAILABLE = 50;
    static final int NOT_AVAILABLE_LIMITED = 51;
    /** Own codes begin at 100. A delegated plugin failed and did not say why in the way it must. */
    static final int DELEGATE = 100;
    static final int INTERNAL = 999;

    private final int code;
    private final String details;

    CniError(int code, String message, String details) {
        super(message, null, false, false);
        this.code = code;
        this.details = details;
    }

    CniError(int code, String message) {
        this(code, message, "");
    }

    int code() {
        return code;
    }

    String details() {
        return details;
    }

    /** This error with a note below its details. */
    CniError with(String note) {
        return new CniError(code, getMessage(), details.isEmpty() ? note : details + "\n" + note);
    }

    String json(String cniVersion) {
        final StringBuilder out = new StringBuilder(256);
        out.append("{\"cniVersion\":");
        Json.quote(out, cniVersion);
        out.append(",\"code\":").append(code).append(",\"msg\":");
        Json.quote(out, getMessage());
        if (!details.isEmpty()) {
            out.append(",\"details\":");
            Json.quote(out, details);
        }
        return out.append('}').toString();
    }
}
