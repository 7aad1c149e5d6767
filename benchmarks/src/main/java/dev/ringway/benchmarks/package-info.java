/**
 * JMH benchmarks of the packet paths; {@link dev.ringway.benchmarks.RunAll} runs them all. The figures that count, and
 * the machine they were taken on, are in PERFORMANCE.md.
 */
package dev.ringway.benchmarks;
