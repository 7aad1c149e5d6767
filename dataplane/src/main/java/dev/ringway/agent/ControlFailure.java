package dev.ringway.agent;

/** A command could not get an answer from the daemon; the message is for the user. */
final class ControlFailure extends Exception {
    private static final long serialVersionUID = 1L;

    ControlFailure(String message) {
        super(message);
    }
}
