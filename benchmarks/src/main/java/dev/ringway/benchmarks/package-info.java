/**
 * JMH benchmarks of the packet paths. {@code java -jar benchmarks/target/benchmarks.jar -prof gc} runs them all; the
 * figures that count, and the machine they were taken on, are in PERFORMANCE.md.
 */
package dev.ringway.benchmarks;
