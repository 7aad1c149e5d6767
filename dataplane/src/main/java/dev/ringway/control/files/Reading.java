package dev.ringway.control.files;

import dev.ringway.config.ConfigException;
import dev.ringway.config.ServiceFile;
import dev.ringway.config.StringPool;
import dev.ringway.control.FirstLines;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/** One reading of one file, whose outcome can be brought into force later. Belongs to the thread that reads files. */
final class Reading implements ServiceFile.Taker {
    final SourceFile file;
    private final Contents.Draft<ServiceSpec> services;
    private final Contents.Draft<EndpointSliceSpec> slices;
    private final HeapBudget budget;
    private final long beforeBytes;
    private final long ownBytes;
    private final FirstLines twice;
    private ServiceFile.Result result;
    private List<String> problems = List.of();

    /**
     * One that is to be done.
     *
     * @param beforeBytes what is on the heap already of this and other files
     * @param ownBytes    of that, what is this file's
     */
    Reading(SourceFile file, Contents.Draft<ServiceSpec> services, Contents.Draft<EndpointSliceSpec> slices,
            HeapBudget budget, long beforeBytes, long ownBytes, int most) {
        this.file = file;
        this.services = services;
        this.slices = slices;
        this.budget = budget;
        this.beforeBytes = beforeBytes;
        this.ownBytes = ownBytes;
        twice = new FirstLines(most);
    }

    void read(StringPool pool, int most) {
        try {
            result = ServiceFile.read(file.path, pool, this, most);
            if (!budget.hasRoomFor(afterBytes(), bothBytes())) {
                problems = List.of(file.path + ": " + budget.wish(afterBytes(), bothBytes()));
            }
        } catch (ConfigException e) {
            problems = e.problems();
        } catch (OutOfMemoryError e) {
            // The budget is an estimate. What was read so far can go again, and then there is room for this.
            services.discard();
            slices.discard();
            problems = List.of(file.path + ": the heap is too small for it; give RINGWAY_JAVA_OPTS a larger -Xmx");
        }
    }

    @Override
    public void take(ServiceSpec service, long place) {
        note(services.take(service, place));
    }

    @Override
    public void take(EndpointSliceSpec slice, long place) {
        note(slices.take(slice, place));
    }

    private void note(String problem) {
        if (problem != null) {
            twice.add(problem);
        }
        if (!budget.hasRoomFor(afterBytes(), bothBytes())) {
            // Goes on to the end all the same, to tell how much it is.
            services.discard();
            slices.discard();
        }
    }

    /** What is on the heap when this is in force. */
    private long afterBytes() {
        return beforeBytes - ownBytes + services.sameBytes() + slices.sameBytes() + newBytes();
    }

    /** What is on the heap until what this replaces is gone. */
    private long bothBytes() {
        return beforeBytes + newBytes();
    }

    /** Of what is other than before. */
    long newBytes() {
        return services.newBytes() + slices.newBytes();
    }

    /** True if there is no object in it and nothing that says that there should be none. */
    boolean isBlank() {
        return result != null && result.empty() && !result.meant();
    }

    void refuse(String problem) {
        problems = List.of(problem);
    }

    /** Why it cannot be taken over; empty: it can. */
    List<String> problems() {
        return problems;
    }

    /** What is passed over. */
    List<String> warnings() {
        final List<String> all = new ArrayList<>(result.warnings());
        all.addAll(twice.lines(file.path + ": "));
        return all;
    }

    /** Brings it into force. @return true if something is other than before */
    boolean apply(Contents<ServiceSpec> allServices, Contents<EndpointSliceSpec> allSlices) {
        return allServices.apply(services) | allSlices.apply(slices);
    }
}
