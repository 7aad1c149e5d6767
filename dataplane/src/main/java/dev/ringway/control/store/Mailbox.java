package dev.ringway.control.store;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has changed about the objects of one kind, from the thread that hears of it to the one that makes tables of it.
 * Holds the last word on each object only, and so never more than there are objects, however long it is not emptied.
 * Any thread.
 *
 * @param <S> what an object is read into
 */
public final class Mailbox<S> {
    private Map<String, S> changes = new LinkedHashMap<>();
    private Runnable news = () -> { };
    private boolean listed;
    private boolean taken;

    /**
     * What came since the last.
     *
     * @param changes by the object's key; null: it is gone
     * @param whole   the changes are all objects there are, and others are gone
     */
    public record Batch<S>(Map<String, S> changes, boolean whole) {
    }

    /** Names who is told that there is something to take. */
    public synchronized void onNews(Runnable wake) {
        news = wake;
    }

    public synchronized void put(String key, S object) {
        final boolean first = changes.isEmpty();
        changes.put(key, object);
        if (first && listed) {
            news.run();
        }
    }

    public void remove(String key) {
        put(key, null);
    }

    /** The first list has been heard of to its end: before that, nothing can be taken. */
    public synchronized void listed() {
        if (!listed) {
            listed = true;
            news.run();
        }
    }

    public synchronized boolean isListed() {
        return listed;
    }

    /** How many objects would be taken. */
    public synchronized int size() {
        return changes.size();
    }

    /** Everything that came since the last time, or null: nothing, or the first list is not complete yet. */
    public synchronized Batch<S> take() {
        if (!listed || taken && changes.isEmpty()) {
            return null;
        }
        final Batch<S> batch = new Batch<>(changes, !taken);
        changes = new LinkedHashMap<>();
        taken = true;
        return batch;
    }

    /** Brings a batch into a map; the objects of a whole one replace it. */
    public static <S> void apply(Batch<S> batch, Map<String, S> objects) {
        if (batch.whole()) {
            objects.keySet().retainAll(batch.changes().keySet());
        }
        batch.changes().forEach((key, object) -> {
            if (object == null) {
                objects.remove(key);
            } else {
                objects.put(key, object);
            }
        });
    }

    /** Keys that a batch takes out of a map. */
    public static <S> Collection<String> gone(Batch<S> batch, Map<String, S> objects) {
        return objects.keySet().stream().filter(key -> batch.changes().containsKey(key)
                ? batch.changes().get(key) == null : batch.whole()).toList();
    }
}
