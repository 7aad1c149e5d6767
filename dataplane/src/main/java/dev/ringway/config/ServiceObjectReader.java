package dev.ringway.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Services and EndpointSlices one at a time, out of trees that hold them as Kubernetes writes them: without nulls and
 * empty texts, except of labels. What is wrong with one refuses just that one. One thread at a time.
 */
public final class ServiceObjectReader {
    private static final int MOST_PROBLEMS = 3;

    private final Consumer<String> warnings;
    private final ServiceReader services;
    private final EndpointSliceReader slices;

    /** @param warnings takes what is passed over */
    public ServiceObjectReader(Consumer<String> warnings) {
        final StringPool pool = new StringPool();
        this.warnings = warnings;
        services = new ServiceReader(pool);
        slices = new EndpointSliceReader(pool);
    }

    /**
     * Reads a Service.
     *
     * @param title what it is called in messages
     * @throws ConfigException that tells what is wrong
     */
    public ServiceSpec service(JsonNode object, String title) throws ConfigException {
        return read(object, title, (root, reader) -> reader.services.read(root));
    }

    /**
     * Reads an EndpointSlice; null if it is no Service's.
     *
     * @param title what it is called in messages
     * @throws ConfigException that tells what is wrong
     */
    public EndpointSliceSpec slice(JsonNode object, String title) throws ConfigException {
        return read(object, title, (root, reader) -> reader.slices.read(root));
    }

    private <T> T read(JsonNode object, String title, BiFunction<Section, ServiceObjectReader, T> kind)
            throws ConfigException {
        final Problems problems = Problems.ofObject(title, warnings, MOST_PROBLEMS);
        final T spec = kind.apply(new Value(object, KeyPath.root(0), problems).section(), this);
        problems.throwIfAny();
        return spec;
    }
}
