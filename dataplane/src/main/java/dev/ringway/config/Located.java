package dev.ringway.config;

/** A value that was read and where it stood, for checks against others. */
record Located<T>(T value, String path) {
}
