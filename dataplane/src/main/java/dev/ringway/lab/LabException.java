package dev.ringway.lab;

/** Something that the person at the terminal must know, in their words: what failed, and what to do about it. */
final class LabException extends RuntimeException {
    LabException(String message) {
        super(message);
    }

    LabException(String message, String whatToDo) {
        super(message + "\n  -> " + whatToDo.replace("\n", "\n  -> "));
    }
}
