package dev.ringway.control.kubernetes;

import dev.ringway.config.ConfigException;
import dev.ringway.control.store.Mailbox;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One kind of objects, from an informer's events to a {@link Mailbox}. Events come one at a time, not always by the
 * same thread. A list is the truth; a watch's event counts unless it tells of an older state than is known, as one can
 * that has overtaken another or comes from an API server that lags behind. An object that cannot be read stays as it
 * was when it could.
 *
 * @param <S> what an object is read into
 */
final class Feed<S> implements ResourceEventHandler<GenericKubernetesResource> {
    private static final int TOMBSTONES = 1024;
    private static final int MOST_WARNINGS = 100;

    private final String kind;
    private final Reading<S> reading;
    private final KeyStore store;
    private final Mailbox<S> mailbox = new Mailbox<>();
    private final Map<String, Version> known = new HashMap<>();
    /** Identities that never come back. */
    private final Map<String, Boolean> deleted = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > TOMBSTONES;
        }
    };
    private final Map<String, List<String>> warnings = new TreeMap<>();
    private boolean listing = true;
    private long ignored;

    /** How an object is read. */
    interface Reading<S> {
        /**
         * Reads an object.
         *
         * @param title    what to call it
         * @param warnings takes what is passed over
         * @return null if nobody is interested in it
         * @throws ConfigException what is wrong with it
         */
        S read(GenericKubernetesResource object, String title, List<String> warnings) throws ConfigException;
    }

    /** @param number of the resource version, or -1 if it is none */
    private record Version(String uid, long number) {
        static Version of(ObjectMeta metadata) {
            long number = -1;
            try {
                number = Long.parseLong(String.valueOf(metadata.getResourceVersion()));
            } catch (NumberFormatException e) {
                // Then it says nothing about order.
            }
            return new Version(metadata.getUid(), number);
        }

        boolean isOlderThan(Version other) {
            return uid != null && uid.equals(other.uid) && number >= 0 && number < other.number;
        }
    }

    /** @param kind for messages */
    Feed(String kind, KeyStore store, Reading<S> reading) {
        this.kind = kind;
        this.store = store;
        this.reading = reading;
    }

    Mailbox<S> mailbox() {
        return mailbox;
    }

    /** What is wrong with objects now. Any thread. */
    synchronized List<String> warnings() {
        return warnings.values().stream().flatMap(List::stream).limit(MOST_WARNINGS).toList();
    }

    /** Events that told of an older state than was known. Any thread. */
    synchronized long ignored() {
        return ignored;
    }

    @Override
    public synchronized void onBeforeList(String lastVersion) {
        listing = true;
    }

    @Override
    public synchronized void onAdd(GenericKubernetesResource object) {
        put(object);
    }

    @Override
    public synchronized void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
        put(object);
    }

    @Override
    public synchronized void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
        final String key = KeyStore.key(object.getMetadata());
        final Version version = known.get(key);
        final String uid = object.getMetadata() == null ? null : object.getMetadata().getUid();
        if (version == null) {
            return;
        }
        if (uid != null && version.uid() != null && !uid.equals(version.uid())) {
            // An object of that name which was there before this one.
            ignored++;
            return;
        }
        forget(key);
    }

    /** Not every removal reaches a watch that was lost meanwhile: what the list does not have is gone. */
    @Override
    public synchronized void onList(String resourceVersion, boolean remainedEmpty) {
        for (String key : List.copyOf(known.keySet())) {
            if (!store.contains(key)) {
                forget(key);
            }
        }
        listing = false;
        mailbox.listed();
    }

    private void put(GenericKubernetesResource object) {
        final String key = KeyStore.key(object.getMetadata());
        if (key.isEmpty()) {
            warnings.put(key, List.of(kind + " without metadata.name; passed over"));
            return;
        }
        final Version version = Version.of(object.getMetadata());
        final Version before = known.get(key);
        if (!listing && (before != null && version.isOlderThan(before)
                || version.uid() != null && deleted.containsKey(version.uid()))) {
            ignored++;
            return;
        }
        known.put(key, version);
        read(key, object);
    }

    private void read(String key, GenericKubernetesResource object) {
        final String title = kind + " " + key;
        final List<String> found = new ArrayList<>(0);
        try {
            final S read = reading.read(object, title, found);
            if (read == null) {
                mailbox.remove(key);
            } else {
                mailbox.put(key, read);
            }
        } catch (ConfigException e) {
            found.addAll(e.problems());
            found.add(title + ": not taken over; what was known of it before stays in force");
        } catch (IllegalArgumentException e) {
            found.add(title + ": " + e.getMessage() + "; what was known of it before stays in force");
        }
        if (found.isEmpty()) {
            warnings.remove(key);
        } else {
            warnings.put(key, found);
        }
    }

    private void forget(String key) {
        final Version version = known.remove(key);
        if (version.uid() != null) {
            deleted.put(version.uid(), true);
        }
        warnings.remove(key);
        mailbox.remove(key);
    }
}
