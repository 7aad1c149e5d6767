package dev.ringway.config;

/**
 * When a backend that does not answer gets no new flows for a while.
 *
 * @param failures     connections in a row that are refused or not answered
 * @param retrySeconds how long until one new flow tries it again
 */
public record EjectionConfig(boolean enabled, int failures, int retrySeconds) {
}
