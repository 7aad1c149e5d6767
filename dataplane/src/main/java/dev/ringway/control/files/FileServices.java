package dev.ringway.config;

import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceCatalog;
import dev.ringway.control.services.ServiceFeed;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.service.Balance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Services and EndpointSlices out of files, kept up to date. A file that is broken or half written changes nothing:
 * what was read from it last stays in force, and {@link #warnings} tells what is wrong and where. {@link #poll} is the
 * control thread's; the others may be called by any.
 */
public final class ServicesSource implements ServiceFeed {
    private static final ObjectKey[] NOTHING = {};

    private final Path path;
    private final ServiceCatalog catalog;
    private final FileWatch watch;
    private final StringPool pool = new StringPool();
    /** Which file each object is from. */
    private final Map<ObjectKey, Path> owners = new HashMap<>();
    private final Map<Path, ObjectKey[]> contents = new HashMap<>();
    private final Map<Path, List<String>> fileWarnings = new TreeMap<>();
    /** Files with objects that do not count, because another file has them. */
    private final Set<Path> shadowed = new TreeSet<>();
    /** True if a file has given something up since the others were looked through for it. */
    private boolean freed;
    private String pathWarning;
    private Compiled last;

    private record ObjectKey(boolean slice, String namespace, String name) {
        @Override
        public String toString() {
            return (slice ? "EndpointSlice " : "Service ") + namespace + "/" + name;
        }
    }

    /** @param path a file or a directory */
    public ServicesSource(Path path, NodeView node, Balance defaultBalance) {
        this.path = path;
        catalog = new ServiceCatalog(node, defaultBalance);
        watch = new FileWatch(path);
    }

    /**
     * Looks for changes and compiles them; to be called about once a second. The first call reads everything.
     *
     * @return the tables, if they are others than the last, else null
     */
    public synchronized Compiled poll() {
        try {
            final FileWatch.Look look = watch.look();
            pathWarning = null;
            look.gone().forEach(this::forget);
            look.changed().forEach(this::read);
            readShadowed();
        } catch (IOException e) {
            pathWarning = path + ": cannot be read; what was read from it before stays in force (" + e.getMessage()
                    + ")";
        }
        final Compiled now = catalog.compile();
        if (now == last) {
            return null;
        }
        last = now;
        return now;
    }

    /** True if {@link #poll} should be called again soon: a file has changed and may be changing still. */
    public synchronized boolean isUnsettled() {
        return watch.isUnsettled();
    }

    @Override
    public synchronized void setNode(NodeView node) {
        catalog.setNode(node);
    }

    /** What is wrong with files, and with what is in them. */
    @Override
    public synchronized List<String> warnings() {
        final List<String> all = new ArrayList<>();
        if (pathWarning != null) {
            all.add(pathWarning);
        }
        fileWarnings.values().forEach(all::addAll);
        if (last != null) {
            all.addAll(last.warnings());
        }
        return all;
    }

    @Override
    public synchronized Found find(ServiceQuery query) {
        return catalog.find(query);
    }

    private void read(Path file) {
        final ServiceObjects objects;
        try {
            objects = ServiceFile.read(file, pool);
        } catch (ConfigException e) {
            final List<String> told = new ArrayList<>(e.problems());
            told.add(file + ": not taken over; what was read from it before stays in force");
            fileWarnings.put(file, told);
            return;
        }
        if (watch.changedMeanwhile(file)) {
            return;
        }
        final List<String> warnings = new ArrayList<>(objects.warnings);
        final Set<ObjectKey> now = new HashSet<>();
        for (ServiceSpec service : objects.services) {
            if (take(new ObjectKey(false, service.namespace(), service.name()), file, now, warnings)) {
                catalog.put(service);
            }
        }
        for (EndpointSliceSpec slice : objects.slices) {
            if (take(new ObjectKey(true, slice.namespace(), slice.name()), file, now, warnings)) {
                catalog.put(slice);
            }
        }
        replace(file, now);
        setWarnings(file, warnings);
    }

    /** @return false if another file, or this one further up, has an object of this name */
    private boolean take(ObjectKey key, Path file, Set<ObjectKey> now, List<String> warnings) {
        final Path owner = owners.putIfAbsent(key, file);
        if (owner != null && !owner.equals(file)) {
            warnings.add(file + ": " + key + " is in " + owner + " already; that one counts");
            shadowed.add(file);
            return false;
        }
        if (!now.add(key)) {
            warnings.add(file + ": " + key + " is given twice; the first counts");
            return false;
        }
        return true;
    }

    private void replace(Path file, Set<ObjectKey> now) {
        for (ObjectKey before : contents.getOrDefault(file, NOTHING)) {
            if (!now.contains(before)) {
                owners.remove(before);
                if (before.slice()) {
                    catalog.removeSlice(before.namespace(), before.name());
                } else {
                    catalog.removeService(before.namespace(), before.name());
                }
                freed = true;
            }
        }
        contents.put(file, now.toArray(NOTHING));
    }

    private void forget(Path file) {
        replace(file, Set.of());
        contents.remove(file);
        fileWarnings.remove(file);
        shadowed.remove(file);
    }

    /** What was given up by one file may be in another, where it did not count. */
    private void readShadowed() {
        if (freed && !shadowed.isEmpty()) {
            final List<Path> files = List.copyOf(shadowed);
            shadowed.clear();
            files.forEach(this::read);
        }
        freed = false;
    }

    private void setWarnings(Path file, List<String> warnings) {
        if (warnings.isEmpty()) {
            fileWarnings.remove(file);
        } else {
            fileWarnings.put(file, warnings);
        }
    }
}
