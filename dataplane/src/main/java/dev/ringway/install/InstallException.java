package dev.ringway.install;

import java.io.IOException;

/** Something about what is installed, or where to, is not as it must be; told to the person as it is. */
final class InstallException extends IOException {
    InstallException(String message) {
        super(message);
    }
}
