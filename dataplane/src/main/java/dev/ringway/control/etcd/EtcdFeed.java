package dev.ringway.control.etcd;

import dev.ringway.config.ConfigException;
import dev.ringway.control.store.Mailbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One kind of keys, from what etcd says to a {@link Mailbox}. A value that cannot be read is named in the warnings, and
 * what was known of it before stays. Any thread, one at a time.
 *
 * @param <S> what a value is read into
 */
final class EtcdFeed<S> {
    private static final int MOST_WARNINGS = 100;

    private final Reading<S> reading;
    private final Mailbox<S> mailbox = new Mailbox<>();
    /** The revision of each key that was read or refused. */
    private final Map<String, Long> known = new HashMap<>();
    private final Set<String> listed = new HashSet<>();
    private final Map<String, List<String>> warnings = new TreeMap<>();

    /** How a value is read. */
    interface Reading<S> {
        /**
         * Reads a value.
         *
         * @param name     the key behind its section
         * @param title    the whole key, for messages
         * @param warnings takes what is passed over
         * @return null if nobody is interested in it
         * @throws ConfigException          what is wrong with it, the key named
         * @throws IllegalArgumentException what is wrong with it
         */
        S read(String name, String title, Entry entry, List<String> warnings) throws ConfigException;
    }

    EtcdFeed(Reading<S> reading) {
        this.reading = reading;
    }

    Mailbox<S> mailbox() {
        return mailbox;
    }

    /** What is wrong with values now. Any thread. */
    synchronized List<String> warnings() {
        return warnings.values().stream().flatMap(List::stream).limit(MOST_WARNINGS).toList();
    }

    /** @param anew revisions say nothing any more: it is another store, or an older state of this one */
    synchronized void beginList(boolean anew) {
        listed.clear();
        if (anew) {
            known.replaceAll((name, revision) -> 0L);
        }
    }

    /** What was not listed is gone. */
    synchronized void endList() {
        for (String name : List.copyOf(known.keySet())) {
            if (!listed.contains(name)) {
                forget(name);
            }
        }
        listed.clear();
        mailbox.listed();
    }

    synchronized void list(String name, String title, Entry entry) {
        listed.add(name);
        if (!Long.valueOf(entry.revision()).equals(known.get(name))) {
            apply(name, title, entry);
        }
    }

    synchronized void apply(String name, String title, Entry entry) {
        if (entry.value() == null) {
            forget(name);
            return;
        }
        known.put(name, entry.revision());
        final List<String> found = new ArrayList<>(0);
        try {
            mailbox.put(name, reading.read(name, title, entry, found));
        } catch (ConfigException e) {
            found.addAll(e.problems());
            found.add(title + ": not taken over; what was known of it before stays in force");
        } catch (IllegalArgumentException e) {
            found.add(title + ": " + e.getMessage() + "; what was known of it before stays in force");
        }
        if (found.isEmpty()) {
            warnings.remove(name);
        } else {
            warnings.put(name, found);
        }
    }

    private void forget(String name) {
        if (known.remove(name) != null) {
            warnings.remove(name);
            mailbox.remove(name);
        }
    }
}
