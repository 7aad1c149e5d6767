package dev.ringway.benchmarks;

import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How all benchmarks here are run: in JVMs with the daemon's flags, and the access that Agrona's queues want beyond
 * them. JMH's annotations are inherited.
 */
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m", "-XX:+UseCompactObjectHeaders",
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
abstract class AsDaemon {
}
