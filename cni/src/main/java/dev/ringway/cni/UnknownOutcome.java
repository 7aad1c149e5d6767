package dev.ringway.cni;

/** The request was sent, but no answer came: the daemon may have done it, or be doing it. */
final class UnknownOutcome extends CniError {
    UnknownOutcome(String message, String details) {
        super(TRY_AGAIN, message, details);
    }
}
