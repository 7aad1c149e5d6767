package dev.ringway.agent;

import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.SourceState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Services as their source tells of them, and as it goes with them on this node. Any thread.
 *
 * @param own     what is wrong besides what the source knows
 * @param failure why what the source says is not in force on this node although it was read, or null
 */
record NodeListing(ServiceListing source, Supplier<List<String>> own, Supplier<String> failure)
        implements ServiceListing {
    @Override
    public Found find(ServiceQuery query) {
        return source.find(query);
    }

    @Override
    public List<String> warnings() {
        final List<String> all = new ArrayList<>(source.warnings());
        if (failure.get() != null) {
            all.add(failure.get());
        }
        all.addAll(own.get());
        return all;
    }

    @Override
    public SourceState sourceState() {
        final SourceState state = source.sourceState();
        final String problem = failure.get();
        return problem == null || state.problem() != null ? state : new SourceState(state.name(), false,
                state.readMs(), state.kept(), state.refusedMs(), problem);
    }
}
