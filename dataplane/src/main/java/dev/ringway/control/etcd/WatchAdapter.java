package dev.ringway.control.etcd;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * From the client's watch to ours. The client takes up a broken watch by itself, at a revision that may lie behind
 * changes not yet delivered when it breaks twice; so the first failure is the end here, and a new watch begins where
 * this one was.
 */
record WatchAdapter(String prefix, WatchListener listener) implements Watch.Listener {
    @Override
    public void onNext(WatchResponse response) {
        if (response.isCreatedNotify()) {
            listener.started();
        }
        final List<Entry> entries = new ArrayList<>(response.getEvents().size());
        for (WatchEvent event : response.getEvents()) {
            final KeyValue one = event.getKeyValue();
            final boolean put = event.getEventType() == WatchEvent.EventType.PUT;
            entries.add(new Entry(one.getKey().toString(StandardCharsets.UTF_8).substring(prefix.length()),
                    put ? one.getValue().toString(StandardCharsets.UTF_8) : null, one.getCreateRevision(),
                    one.getModRevision(), one.getLease()));
        }
        if (!entries.isEmpty()) {
            listener.changed(entries);
        }
    }

    @Override
    public void onError(Throwable problem) {
        listener.ended(EtcdStore.text(problem), problem instanceof CompactedException);
    }

    @Override
    public void onCompleted() {
        listener.ended("the watch has ended", false);
    }
}
