package dev.ringway.control.files;

import static java.lang.System.Logger.Level.WARNING;

import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.control.store.StateFile;
import dev.ringway.control.store.StateKeeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What files have said, on this node's disk, for a start while they say nothing that counts. Belongs to whoever has its
 * source's lock.
 */
final class KeptState {
    private static final System.Logger LOG = System.getLogger(KeptState.class.getName());

    private final StateFile<KeptFile> file;
    private final String node;
    private final StateKeeper<KeptFile> keeper;

    /** @param executor writes it */
    KeptState(Path file, String node, Executor executor) {
        this.file = new StateFile<>(file, "RingwayFileState", KeptFile.LINES);
        this.node = node;
        keeper = new StateKeeper<>(this.file, node, executor);
    }

    /** Fills in what is kept of a path, if it can be used. */
    void restore(Path path, HeapBudget budget, Map<Path, SourceFile> files, Contents<ServiceSpec> services,
            Contents<EndpointSliceSpec> slices) {
        try {
            // As text an object is about two thirds of what it will be.
            final long heapBytes = file.length() * 3 / 2;
            if (!budget.hasRoomFor(heapBytes, heapBytes)) {
                throw new IOException(file + " " + budget.wish(heapBytes, heapBytes));
            }
            final StateFile.State<KeptFile> state = file.read(node);
            if (state == null) {
                return;
            }
            if (state.nodes().stream().mapToInt(KeptFile::services).sum() != state.services().size()
                    || state.nodes().stream().mapToInt(KeptFile::slices).sum() != state.slices().size()) {
                throw new IOException(file + " is damaged: objects are missing");
            }
            restore(path, state, files, services, slices);
        } catch (IOException e) {
            LOG.log(WARNING, "what was known of " + path + " before the restart is not used: " + e.getMessage());
        }
    }

    private static void restore(Path path, StateFile.State<KeptFile> state, Map<Path, SourceFile> files,
            Contents<ServiceSpec> services, Contents<EndpointSliceSpec> slices) {
        int service = 0;
        int slice = 0;
        for (KeptFile one : state.nodes()) {
            // What another path has told before the configuration changed is nobody's now.
            if (one.path().equals(path) || path.equals(one.path().getParent())) {
                final SourceFile known = new SourceFile(one.path());
                known.readMs = one.readMs();
                known.kept = true;
                files.put(one.path(), known);
                state.services().subList(service, service + one.services())
                        .forEach(spec -> services.restore(spec, known));
                state.slices().subList(slice, slice + one.slices()).forEach(spec -> slices.restore(spec, known));
            }
            service += one.services();
            slice += one.slices();
        }
    }

    /** Takes note that it is behind. */
    void changed() {
        keeper.changed();
    }

    /** Writes it behind the caller's back, if it is time. */
    void tick(long nowMs, Collection<SourceFile> files, Contents<ServiceSpec> services,
            Contents<EndpointSliceSpec> slices) {
        keeper.tick(nowMs, () -> state(files, services, slices));
    }

    /** What is to be written with {@link #write}, or null: it is as it should be. */
    StateFile.State<KeptFile> behind(Collection<SourceFile> files, Contents<ServiceSpec> services,
            Contents<EndpointSliceSpec> slices) {
        return keeper.isBehind() ? state(files, services, slices) : null;
    }

    /** Writes now, on this thread, which need not have the lock. */
    void write(StateFile.State<KeptFile> state) {
        keeper.write(state);
    }

    private static StateFile.State<KeptFile> state(Collection<SourceFile> files, Contents<ServiceSpec> services,
            Contents<EndpointSliceSpec> slices) {
        final Map<SourceFile, List<ServiceSpec>> servicesOf = services.byFile();
        final Map<SourceFile, List<EndpointSliceSpec>> slicesOf = slices.byFile();
        final List<KeptFile> kept = new ArrayList<>();
        final List<ServiceSpec> allServices = new ArrayList<>();
        final List<EndpointSliceSpec> allSlices = new ArrayList<>();
        for (SourceFile one : files) {
            if (one.readMs > 0) {
                final List<ServiceSpec> ofServices = servicesOf.getOrDefault(one, List.of());
                final List<EndpointSliceSpec> ofSlices = slicesOf.getOrDefault(one, List.of());
                kept.add(new KeptFile(one.path, ofServices.size(), ofSlices.size(), one.readMs));
                allServices.addAll(ofServices);
                allSlices.addAll(ofSlices);
            }
        }
        return new StateFile.State<>(kept, allServices, allSlices);
    }

    /** What keeps it from being written, or null. */
    String problem() {
        return keeper.problem();
    }
}
