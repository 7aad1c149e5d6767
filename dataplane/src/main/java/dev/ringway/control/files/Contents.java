package dev.ringway.control.files;

import dev.ringway.config.Places;
import dev.ringway.control.FirstLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * The objects of one kind that files hold, with the files that hold them. Of those that several have, the first one's
 * counts until that gives it up. Changed by the thread that reads files, which has its source's lock then; without the
 * lock only that thread may read.
 *
 * @param <S> what an object is read into
 */
final class Contents<S> {
    private final Kind<S> kind;
    private final BiConsumer<Key, S> change;
    /** In the order that they came in, which decides what counts where two Services want the same address. */
    private final Map<Key, Entry<S>> entries = new LinkedHashMap<>();
    /** Those that several files have. */
    private final TreeSet<Key> shared = new TreeSet<>();
    private final Map<SourceFile, Tally> tallies = new HashMap<>();
    private long heapBytes;

    /** What is particular to a kind. */
    interface Kind<S> {
        Key key(S spec);

        /** What it takes on the heap until packets are switched by it. */
        long heapBytes(S spec);

        /** For messages. */
        String word();
    }

    /** An object's name. */
    record Key(String namespace, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            final int first = namespace.compareTo(other.namespace);
            return first != 0 ? first : name.compareTo(other.name);
        }

        @Override
        public String toString() {
            return namespace + "/" + name;
        }
    }

    /** An object of a file; those of other files with the same name hang behind the one that counts. */
    private static final class Entry<S> {
        private final S spec;
        private final SourceFile file;
        private long place;
        /** The reading that has seen it last. */
        private int round;
        private Entry<S> next;

        private Entry(S spec, SourceFile file, long place, int round) {
            this.spec = spec;
            this.file = file;
            this.place = place;
            this.round = round;
        }

        private String at() {
            return place == 0 ? file.path.toString() : file.path + ":" + Places.text(place);
        }
    }

    /** Of one file. */
    private static final class Tally {
        private int count;
        private long heapBytes;
    }

    /** @param change told what counts from now on, null for what is gone */
    Contents(Kind<S> kind, BiConsumer<Key, S> change) {
        this.kind = kind;
        this.change = change;
    }

    /**
     * What a file holds while it is being read: only what is other than before takes memory.
     *
     * @param <S> what an object is read into
     */
    static final class Draft<S> {
        private final Contents<S> contents;
        private final SourceFile file;
        private final int round;
        private final Map<Key, Entry<S>> changed = new LinkedHashMap<>();
        private int seen;
        private long sameBytes;
        private long newBytes;
        private boolean discarded;

        private Draft(Contents<S> contents, SourceFile file, int round) {
            this.contents = contents;
            this.file = file;
            this.round = round;
        }

        /** From now on only counts what there would be. */
        void discard() {
            discarded = true;
            changed.clear();
        }

        /** @return null, or what is wrong with taking it a second time */
        String take(S spec, long place) {
            if (discarded) {
                newBytes += contents.kind.heapBytes(spec);
                return null;
            }
            final Key key = contents.kind.key(spec);
            final Entry<S> before = contents.find(key, file);
            final Entry<S> first = before == null || before.round != round ? changed.get(key) : before;
            if (first != null) {
                return file.path + ":" + Places.text(place) + ": " + contents.kind.word() + " " + key
                        + " is given twice, first at " + Places.text(first.place) + "; that one counts";
            }
            if (before != null) {
                before.round = round;
                before.place = place;
                seen++;
            }
            if (before == null || !before.spec.equals(spec)) {
                changed.put(key, new Entry<>(spec, file, place, round));
                newBytes += contents.kind.heapBytes(spec);
            } else {
                sameBytes += contents.kind.heapBytes(spec);
            }
            return null;
        }

        /** Of what is as before. */
        long sameBytes() {
            return sameBytes;
        }

        /** Of what is other than before. */
        long newBytes() {
            return newBytes;
        }
    }

    /** @param round a number that no reading had before */
    Draft<S> draft(SourceFile file, int round) {
        return new Draft<>(this, file, round);
    }

    /** Brings what a file holds now into force. @return true if something is other than before */
    boolean apply(Draft<S> draft) {
        final boolean gone = draft.seen < count(draft.file);
        if (gone) {
            // Rare enough to look through all.
            for (Key key : List.copyOf(entries.keySet())) {
                final Entry<S> own = find(key, draft.file);
                if (own != null && own.round != draft.round) {
                    remove(key, own);
                }
            }
        }
        draft.changed.forEach(this::put);
        return gone || !draft.changed.isEmpty();
    }

    /** Takes one that was known already when the process started. */
    void restore(S spec, SourceFile file) {
        put(kind.key(spec), new Entry<>(spec, file, 0, 0));
    }

    /** How many objects of a file are known, those that do not count as well. */
    int count(SourceFile file) {
        final Tally tally = tallies.get(file);
        return tally == null ? 0 : tally.count;
    }

    /** What a file's objects take on the heap, estimated. */
    long heapBytes(SourceFile file) {
        final Tally tally = tallies.get(file);
        return tally == null ? 0 : tally.heapBytes;
    }

    /** What there is, by the files that they are from; objects that do not count as well. */
    Map<SourceFile, List<S>> byFile() {
        final Map<SourceFile, List<S>> all = new LinkedHashMap<>();
        entries.values().forEach(head -> {
            for (Entry<S> one = head; one != null; one = one.next) {
                all.computeIfAbsent(one.file, file -> new ArrayList<>()).add(one.spec);
            }
        });
        return all;
    }

    /** Estimated, of all of them. */
    long heapBytes() {
        return heapBytes;
    }

    /** Tells of objects that do not count. */
    void tellShared(FirstLines warnings) {
        for (Key key : shared) {
            final Entry<S> head = entries.get(key);
            for (Entry<S> one = head.next; one != null; one = one.next) {
                warnings.add(one.at() + ": " + kind.word() + " " + key + " is in " + head.at()
                        + " already; that one counts");
            }
        }
    }

    /** True if all that a file holds is in others of these files as well. */
    boolean isCovered(SourceFile file, Set<Path> others) {
        int covered = 0;
        for (Key key : shared) {
            boolean own = false;
            boolean other = false;
            for (Entry<S> one = entries.get(key); one != null; one = one.next) {
                own |= one.file == file;
                other |= one.file != file && others.contains(one.file.path);
            }
            covered += own && other ? 1 : 0;
        }
        return covered == count(file);
    }

    private Entry<S> find(Key key, SourceFile file) {
        for (Entry<S> one = entries.get(key); one != null; one = one.next) {
            if (one.file == file) {
                return one;
            }
        }
        return null;
    }

    private void tally(Entry<S> entry, int sign) {
        final long bytes = sign * kind.heapBytes(entry.spec);
        heapBytes += bytes;
        final Tally tally = tallies.computeIfAbsent(entry.file, file -> new Tally());
        tally.count += sign;
        tally.heapBytes += bytes;
        if (tally.count == 0) {
            tallies.remove(entry.file);
        }
    }

    private void put(Key key, Entry<S> entry) {
        tally(entry, 1);
        final Entry<S> own = find(key, entry.file);
        if (own != null) {
            tally(own, -1);
            entry.next = own.next;
        }
        final Entry<S> head = entries.get(key);
        if (head == null || head == own) {
            entries.put(key, entry);
            change.accept(key, entry.spec);
            return;
        }
        Entry<S> last = head;
        while (last.next != own) {
            last = last.next;
        }
        last.next = entry;
        shared.add(key);
    }

    private void remove(Key key, Entry<S> own) {
        tally(own, -1);
        final Entry<S> head = entries.get(key);
        if (own == head && own.next == null) {
            entries.remove(key);
            change.accept(key, null);
        } else if (own == head) {
            entries.put(key, own.next);
            change.accept(key, own.next.spec);
        } else {
            Entry<S> before = head;
            while (before.next != own) {
                before = before.next;
            }
            before.next = own.next;
        }
        if (entries.containsKey(key) && entries.get(key).next == null) {
            shared.remove(key);
        }
    }
}
