package dev.ringway.observe.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All metrics as text. Any thread; one reading at a time. */
public final class Page {
    private static final ExpositionFormats FORMATS = ExpositionFormats.init();

    private final List<Collector> collectors = new CopyOnWriteArrayList<>();

    /** @param type of the body */
    record Text(String type, byte[] body) {
    }

    public void add(Collector collector) {
        collectors.add(collector);
    }

    /** When this returns it is not being asked, and will not be. */
    public synchronized void remove(List<? extends Collector> ended) {
        collectors.removeAll(ended);
    }

    /** @param accept the header of the request, or null: Prometheus' text format */
    synchronized Text read(String accept) throws IOException {
        final Sheet sheet = new Sheet();
        collectors.forEach(collector -> collector.collect(sheet));
        final ExpositionFormatWriter writer = FORMATS.findWriter(accept);
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        writer.write(body, sheet.snapshots());
        return new Text(writer.getContentType(), body.toByteArray());
    }
}
