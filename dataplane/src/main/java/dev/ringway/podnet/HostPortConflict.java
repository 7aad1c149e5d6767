package dev.ringway.podnet;

import java.io.IOException;

/** A port of the node is another pod's already. */
public final class HostPortConflict extends IOException {
    private static final long serialVersionUID = 1L;

    HostPortConflict(String message) {
        super(message);
    }
}
