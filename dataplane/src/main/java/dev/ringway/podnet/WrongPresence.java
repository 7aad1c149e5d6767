package dev.ringway.podnet;

import java.io.IOException;

/** A pod's interface is there and must not be, or is not there and should be. */
public final class WrongPresence extends IOException {
    private static final long serialVersionUID = 1L;

    WrongPresence(String message) {
        super(message);
    }
}
