package dev.ringway.control.files;

import dev.ringway.config.StringPool;
import dev.ringway.control.FirstLines;
import dev.ringway.control.IoText;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceCatalog;
import dev.ringway.control.services.ServiceFeed;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.control.services.SourceState;
import dev.ringway.control.store.StateFile;
import dev.ringway.service.Balance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Services and EndpointSlices out of files. What a file says counts when all of it could be read; one that is broken,
 * half written, empty, too large or gone changes nothing: what was known of it stays in force, also over a restart, and
 * {@link #warnings} tells what is wrong and where. {@link #look} belongs to one thread that may wait for a disk or a
 * network, {@link #poll} to the control thread, which then has nothing to wait for; the others may be called by any.
 */
final class FileServices implements ServiceFeed {
    private static final String BLANK = ": holds no Service and no EndpointSlice, as a file does that is about to be"
            + " written; to have none, write an empty list: {kind: List, items: []}";
    private static final String NO_FILES = "the directory holds no file *.yaml, *.yml or *.json";
    /** Of all files together; there may be a thousand of them. */
    private static final int MOST_WARNINGS = 5 * FirstLines.MOST;
    /** A look that takes so long may be at a network that is gone. */
    private static final long LONG_LOOK_MS = 30_000;

    private final Path path;
    private final ServiceCatalog catalog;
    private final FileWatch watch;
    private final FileEvents events;
    private final HeapBudget budget;
    private final int most;
    /** Null: nothing is kept. */
    private final KeptState kept;
    private final StringPool pool = new StringPool();
    private final Map<Path, SourceFile> files = new TreeMap<>();
    private final Contents<ServiceSpec> services;
    private final Contents<EndpointSliceSpec> slices;
    private int round;
    private volatile boolean busy;
    /** When the look began that is under way, in milliseconds since 1970, or 0. */
    private volatile long lookingMs;
    /** What is wrong with the directory, or null. */
    private String pathProblem;
    private long pathProblemMs;
    private boolean looked;
    /** Those of the last look. */
    private Set<Path> present = Set.of();
    private Compiled last;

    /**
     * Knows at first what was kept.
     *
     * @param path    a file or a directory
     * @param events  what the kernel tells of files, or null
     * @param kept    null: nothing is
     * @param most    problems and warnings that are told of a file
     */
    FileServices(Path path, NodeView node, Balance defaultBalance, FileEvents events, KeptState kept,
            HeapBudget budget, int most) {
        this.path = path;
        this.budget = budget;
        this.most = most;
        this.events = events;
        catalog = new ServiceCatalog(node, defaultBalance, true, most);
        watch = new FileWatch(path, events);
        services = new Contents<>(Kinds.SERVICES, (key, service) -> {
            if (service == null) {
                catalog.removeService(key.namespace(), key.name());
            } else {
                catalog.put(service);
            }
        });
        slices = new Contents<>(Kinds.SLICES, (key, slice) -> {
            if (slice == null) {
                catalog.removeSlice(key.namespace(), key.name());
            } else {
                catalog.put(slice);
            }
        });
        this.kept = kept;
        if (kept != null) {
            kept.restore(path, budget, files, services, slices);
            watch.expect(files.keySet());
        }
    }

    /** What is wrong with the files themselves, and what is in them, for a look without a daemon. */
    synchronized FileCheck check() {
        final List<String> problems = new ArrayList<>();
        final List<String> all = new ArrayList<>();
        if (pathProblem != null || files.isEmpty()) {
            problems.add(path + ": " + (pathProblem == null ? NO_FILES : pathProblem));
        }
        int serviceCount = 0;
        int sliceCount = 0;
        for (SourceFile file : files.values()) {
            problems.addAll(file.blank ? List.of(file.path + BLANK) : file.problems);
            serviceCount += services.count(file);
            sliceCount += slices.count(file);
            if (!file.isRefused()) {
                all.addAll(file.warnings(null));
            }
        }
        final FirstLines shared = new FirstLines(most);
        services.tellShared(shared);
        slices.tellShared(shared);
        all.addAll(shared.lines(""));
        all.addAll(catalog.compile().warnings());
        return new FileCheck(serviceCount, sliceCount, problems, all);
    }

    /** True if Services are known, be it from before a restart. */
    synchronized boolean isKnown() {
        return !files.isEmpty();
    }

    /**
     * Looks for changes, and reads what has changed. Changes of several files that are found together come into force
     * together: one may have the Services and another their endpoints.
     *
     * @param nowMs   a clock that never goes back
     * @param noticed run when there is something to read
     * @return true if there was
     */
    boolean look(long nowMs, Runnable noticed) {
        lookingMs = System.currentTimeMillis();
        try {
            final FileWatch.Look look = watch.look(nowMs);
            if (!look.changed().isEmpty()) {
                busy = true;
                noticed.run();
            }
            final List<Reading> readings = read(look);
            synchronized (this) {
                return bringIntoForce(look, readings);
            }
        } catch (IOException e) {
            synchronized (this) {
                looked = true;
                return setProblem(IoText.unreadable(e));
            }
        } finally {
            busy = false;
            lookingMs = 0;
        }
    }

    private List<Reading> read(FileWatch.Look look) {
        final List<Reading> readings = new ArrayList<>();
        long heapBytes = services.heapBytes() + slices.heapBytes();
        round++;
        for (Path one : look.changed()) {
            final SourceFile known = files.get(one);
            final SourceFile file = known == null ? new SourceFile(one) : known;
            final Reading reading = new Reading(file, services.draft(file, round), slices.draft(file, round), budget,
                    heapBytes, services.heapBytes(file) + slices.heapBytes(file), most);
            reading.read(pool, most);
            if (reading.isBlank() && isInForce(file, look)) {
                reading.refuse(one + BLANK);
            }
            if (!watch.changedMeanwhile(one)) {
                readings.add(reading);
                heapBytes += reading.problems().isEmpty() ? reading.newBytes() : 0;
            }
        }
        return readings;
    }

    /** True if objects of the file are in force, or of one that it has replaced. */
    private boolean isInForce(SourceFile file, FileWatch.Look look) {
        if (count(file) > 0) {
            return true;
        }
        for (SourceFile other : files.values()) {
            if (!look.files().contains(other.path) && count(other) > 0) {
                return true;
            }
        }
        return false;
    }

    private int count(SourceFile file) {
        return services.count(file) + slices.count(file);
    }

    private boolean bringIntoForce(FileWatch.Look look, List<Reading> readings) {
        final long nowMs = System.currentTimeMillis();
        boolean changed = false;
        for (Reading reading : readings) {
            files.put(reading.file.path, reading.file);
            if (reading.problems().isEmpty()) {
                changed |= reading.apply(services, slices);
                reading.file.taken(nowMs, reading.warnings(), reading.isBlank());
            } else {
                reading.file.refused(nowMs, reading.problems());
            }
        }
        changed |= dropGone(look);
        if (changed && kept != null) {
            kept.changed();
        }
        final boolean empty = look.files().isEmpty() && look.missing().isEmpty() && !files.isEmpty();
        final boolean told = setProblem(empty ? NO_FILES : null);
        final boolean first = !looked;
        looked = true;
        present = look.files();
        return changed || told || first || !readings.isEmpty();
    }

    /**
     * Forgets files that were taken out of the directory, one that has got another name at once. While nothing of what
     * is there now is in force, they were rather lost than taken out.
     */
    private boolean dropGone(FileWatch.Look look) {
        boolean replaced = false;
        for (Path one : look.files()) {
            final SourceFile file = files.get(one);
            replaced |= file != null && file.readMs > 0;
        }
        boolean changed = false;
        for (SourceFile file : List.copyOf(files.values())) {
            final boolean mayReturn = look.missing().contains(file.path)
                    && !(services.isCovered(file, look.files()) && slices.isCovered(file, look.files()));
            if (!look.files().contains(file.path) && !mayReturn && (replaced || count(file) == 0)) {
                changed |= services.apply(services.draft(file, ++round)) | slices.apply(slices.draft(file, round));
                files.remove(file.path);
            }
        }
        return changed;
    }

    /** @return true if it was another */
    private boolean setProblem(String problem) {
        final boolean other = problem != null && !problem.equals(pathProblem);
        if (pathProblem == null) {
            pathProblemMs = System.currentTimeMillis();
        }
        pathProblem = problem;
        return other;
    }

    /** Compiles what is new; does not wait. @return the tables, if they are others than the last, else null */
    synchronized Compiled poll(long nowMs) {
        if (kept != null) {
            kept.tick(nowMs, files.values(), services, slices);
        }
        final Compiled now = catalog.compile();
        if (now == last) {
            return null;
        }
        last = now;
        return now;
    }

    /** True while something that was noticed is being read. */
    boolean isBusy() {
        return busy;
    }

    @Override
    public synchronized void setNode(NodeView node) {
        catalog.setNode(node);
    }

    @Override
    public synchronized Found find(ServiceQuery query) {
        return catalog.find(query);
    }

    @Override
    public synchronized SourceState sourceState() {
        long readMs = 0;
        long refusedMs = pathProblem == null ? 0 : pathProblemMs;
        boolean before = false;
        String problem = pathProblem == null ? null : path + ": " + pathProblem;
        int refused = 0;
        for (SourceFile file : files.values()) {
            readMs = Math.max(readMs, file.readMs);
            before |= file.kept;
            if (file.isRefused()) {
                refused++;
                refusedMs = refusedMs == 0 ? file.refusedMs : Math.min(refusedMs, file.refusedMs);
                problem = problem == null ? file.problems.getFirst() : problem;
            }
        }
        final String hanging = hanging();
        if (hanging != null) {
            refusedMs = refusedMs == 0 ? lookingMs : refusedMs;
            problem = problem == null ? hanging : problem;
        }
        return new SourceState(path.toString(), looked && problem == null, readMs, before, refusedMs,
                problem == null || refused < 2 ? problem : problem + " (and " + (refused - 1) + " more files)");
    }

    /** That the look under way takes too long, or null. */
    private String hanging() {
        final long sinceMs = lookingMs;
        return sinceMs == 0 || System.currentTimeMillis() - sinceMs < LONG_LOOK_MS ? null
                : path + ": is still being read since " + Instant.ofEpochMilli(sinceMs).truncatedTo(ChronoUnit.SECONDS);
    }

    /** What is wrong with files, and with what is in them. */
    @Override
    public synchronized List<String> warnings() {
        final FirstLines told = new FirstLines(most == Integer.MAX_VALUE ? most : MOST_WARNINGS);
        final SourceFile before = replaced();
        for (String problem : new String[] {pathProblem == null ? null : path + ": " + pathProblem + "; "
                + (before == null ? "nothing is in force" : before.inForce()), hanging(),
                events == null ? null : events.problem(), kept == null ? null : kept.problem()}) {
            if (problem != null) {
                told.add(problem);
            }
        }
        files.values().forEach(file -> file.warnings(before).forEach(told::add));
        final FirstLines twice = new FirstLines(most);
        services.tellShared(twice);
        slices.tellShared(twice);
        twice.lines(path + ": ").forEach(told::add);
        final List<String> all = new ArrayList<>(told.lines(path + ": "));
        if (last != null) {
            all.addAll(last.warnings());
        }
        return all;
    }

    /** A file of which something is in force although it is not there any more, or null. */
    private SourceFile replaced() {
        for (SourceFile file : files.values()) {
            if (!present.contains(file.path) && count(file) > 0) {
                return file;
            }
        }
        return null;
    }

    /** Writes what is to be known after a restart, if that is behind. */
    void keep() {
        final StateFile.State<KeptFile> behind;
        synchronized (this) {
            behind = kept == null ? null : kept.behind(files.values(), services, slices);
        }
        if (behind != null) {
            kept.write(behind);
        }
    }
}
