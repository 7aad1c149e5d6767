package dev.ringway.control.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.store.StateFile;
import java.nio.file.Path;

/**
 * A file in the kept state. Services and slices come behind it in the order of the files that they are from.
 *
 * @param services how many of them are its
 * @param slices   how many of them are its
 * @param readMs   when they were read, in milliseconds since 1970
 */
record KeptFile(Path path, int services, int slices, long readMs) {
    static final StateFile.Nodes<KeptFile> LINES = new StateFile.Nodes<>() {
        @Override
        public KeptFile read(JsonNode line) {
            if (!line.path("kind").asText().equals("File") || !line.path("path").isTextual()) {
                throw new IllegalArgumentException("a line is neither a file nor an object");
            }
            return new KeptFile(Path.of(line.path("path").textValue()), line.path("services").intValue(),
                    line.path("slices").intValue(), line.path("readMs").longValue());
        }

        @Override
        public ObjectNode write(KeptFile file) {
            return JsonNodeFactory.instance.objectNode().put("kind", "File").put("path", file.path.toString())
                    .put("services", file.services).put("slices", file.slices).put("readMs", file.readMs);
        }
    };
}
