package dev.ringway.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.files.FileCheck;
import java.nio.file.Path;

/** {@code ringway services --check}: what a switch would say to a file or a directory, without asking one. */
record ServicesCheck(Path path, FileCheck found) {
    static ServicesCheck of(Path path) {
        return new ServicesCheck(path, FileCheck.of(path));
    }

    /** Exit status: whether all of it would be taken over. */
    int status() {
        return found.problems().isEmpty() ? 0 : 1;
    }

    ObjectNode json() {
        final ObjectNode json = JsonNodeFactory.instance.objectNode().put("services", found.services())
                .put("endpointSlices", found.slices());
        found.problems().forEach(json.putArray("problems")::add);
        found.warnings().forEach(json.putArray("warnings")::add);
        return json;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        found.problems().forEach(problem -> text.append("problem: ").append(problem).append('\n'));
        found.warnings().forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        return text.append(path).append(": ").append(found.services()).append(" Services and ")
                .append(found.slices()).append(" EndpointSlices")
                .append(status() == 0 ? "" : "; what has a problem would not be taken over").append('\n').toString();
    }
}
