package dev.ringway.observe.metrics;

import dev.ringway.control.services.Changes;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How long changes take to come into force. Whoever hears of a change first, on any thread, calls {@link #noticed}; the
 * main thread then brings it into force between {@link #begin} and {@link #end}.
 */
public final class Programming implements Collector {
    private static final double NS = 1e-9;

    private final Distribution nodes = new Distribution();
    private final Distribution services = new Distribution();
    private final Distribution sync = new Distribution();
    private final Distribution wholeSync = new Distribution();
    private final Distribution partialSync = new Distribution();
    private final Distribution network = new Distribution(networkBounds());
    private final long startMs = System.currentTimeMillis();
    /** When the first change was noticed that has not been looked at, or 0. */
    private final AtomicLong noticedNs = new AtomicLong();
    private volatile double lastNoticed;
    private volatile double lastSync;
    private volatile long serviceChanges;
    private volatile long sliceChanges;
    private volatile double lastRead;
    /** 0 or 1; negative: there are no Services. */
    private volatile int inLine = -1;
    private long beganNs;

    /** kube-proxy's: a quarter of a second to five minutes. */
    private static double[] networkBounds() {
        final DoubleStream.Builder bounds = DoubleStream.builder().add(0.25).add(0.5);
        IntStream.range(1, 60).forEach(bounds::accept);
        IntStream.range(12, 24).forEach(i -> bounds.accept(i * 5));
        IntStream.range(4, 11).forEach(i -> bounds.accept(i * 30));
        return bounds.add(Double.POSITIVE_INFINITY).build().toArray();
    }

    /** Something has changed, or may have. */
    public void noticed() {
        lastNoticed = System.currentTimeMillis() / 1e3;
        noticedNs.compareAndSet(0, Math.max(1, System.nanoTime()));
    }

    /** Work on what has changed begins. */
    public void begin() {
        beganNs = System.nanoTime();
    }

    /** Changed nodes are in force. */
    public void nodesInForce() {
        nodes.add((System.nanoTime() - since()) * NS);
    }

    /** Changed Services are in force. */
    public void servicesInForce(Changes changes) {
        final long nowNs = System.nanoTime();
        services.add((nowNs - since()) * NS);
        sync.add((nowNs - beganNs) * NS);
        (changes.whole() ? wholeSync : partialSync).add((nowNs - beganNs) * NS);
        serviceChanges = changes.services();
        sliceChanges = changes.slices();
        final long nowMs = System.currentTimeMillis();
        for (long changedMs : changes.changedMs()) {
            // What happened before this process is no matter of how fast it is.
            if (changedMs >= startMs) {
                network.add(Math.max(0, nowMs - changedMs) / 1e3);
            }
        }
    }

    /**
     * Tells how Services are, changed or not.
     *
     * @param inLine as their source says
     * @param readMs when what is in force was read, in milliseconds since 1970, or 0
     */
    public void servicesInLine(boolean inLine, long readMs) {
        this.inLine = inLine ? 1 : 0;
        lastRead = readMs / 1e3;
        if (inLine) {
            lastSync = System.currentTimeMillis() / 1e3;
        }
    }

    /** When Services were last as their source says, in milliseconds since 1970, or 0; any thread. */
    public long lastInLineMs() {
        return (long) (lastSync * 1e3);
    }

    /** Nothing is left to be brought into force. */
    public void end() {
        noticedNs.set(0);
    }

    private long since() {
        final long first = noticedNs.get();
        return first == 0 ? beganNs : first;
    }

    @Override
    public void collect(Sheet sheet) {
        nodes.put(sheet, Metric.PROGRAMMING, "nodes");
        services.put(sheet, Metric.PROGRAMMING, "services");
        sync.put(sheet, Metric.SYNC);
        wholeSync.put(sheet, Metric.SYNC_FULL);
        partialSync.put(sheet, Metric.SYNC_PARTIAL);
        network.put(sheet, Metric.NETWORK_PROGRAMMING);
        sheet.put(Metric.SERVICE_CHANGES, serviceChanges);
        sheet.put(Metric.SLICE_CHANGES, sliceChanges);
        if (lastNoticed > 0) {
            sheet.put(Metric.SYNC_QUEUED, lastNoticed);
        }
        if (lastSync > 0) {
            sheet.put(Metric.SYNC_LAST, lastSync);
        }
        if (inLine >= 0) {
            sheet.put(Metric.SERVICES_IN_LINE, inLine);
        }
        if (lastRead > 0) {
            sheet.put(Metric.SERVICES_READ, lastRead);
        }
    }
}
