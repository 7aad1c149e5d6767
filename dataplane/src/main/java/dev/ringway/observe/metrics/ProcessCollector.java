package dev.ringway.observe.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The process and its JVM, by the names that every Prometheus client uses. */
public final class ProcessCollector implements Collector {
    private static final Path PROC = Path.of("/proc/self");
    /** The page size of every architecture the switch runs on. */
    private static final long PAGE = 4096;

    @Override
    public void collect(Sheet sheet) {
        final ProcessHandle.Info process = ProcessHandle.current().info();
        sheet.put(Metric.PROCESS_CPU, process.totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9);
        process.startInstant().ifPresent(start -> sheet.put(Metric.PROCESS_START, start.toEpochMilli() / 1e3));
        try (Stream<Path> open = Files.list(PROC.resolve("fd"))) {
            sheet.put(Metric.PROCESS_FDS, open.count());
            sheet.put(Metric.PROCESS_RESIDENT, PAGE
                    * Long.parseLong(Files.readString(PROC.resolve("statm")).split(" ")[1]));
            try (Stream<String> limits = Files.lines(PROC.resolve("limits"))) {
                limits.filter(line -> line.startsWith("Max open files")).findFirst().ifPresent(line ->
                        sheet.put(Metric.PROCESS_MAX_FDS, Double.parseDouble(line.split(" {2,}")[1])));
            }
        } catch (IOException e) {
            // Without /proc there is nothing to tell.
        }
        memory(sheet, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage(), "heap");
        memory(sheet, ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage(), "nonheap");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            sheet.put(Metric.JVM_GC, Math.max(0, collector.getCollectionCount()),
                    Math.max(0, collector.getCollectionTime()) / 1e3, collector.getName());
        }
        sheet.put(Metric.JVM_THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static void memory(Sheet sheet, MemoryUsage usage, String area) {
        sheet.put(Metric.JVM_HEAP_USED, usage.getUsed(), area);
        if (usage.getMax() >= 0) {
            sheet.put(Metric.JVM_HEAP_MAX, usage.getMax(), area);
        }
    }
}
