package dev.ringway.control;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Failures of the file system in words for people; the JDK's often name nothing but the path. */
public final class IoText {
    private IoText() {
    }

    /** Why a file or directory cannot be read. */
    public static String unreadable(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "cannot be read: permission denied";
            case FileSystemException failed when failed.getReason() != null -> "cannot be read: " + failed.getReason();
            default -> "cannot be read: " + e.getMessage();
        };
    }
}
