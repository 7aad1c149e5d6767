package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * What GC must leave alone. A list that is null or empty means that nothing is valid; a configuration without the key
 * is taken for a mistake of the caller's, not for an order to cut every pod off.
 */
record ValidAttachments(Set<String> ids) {
    private static final String KEY = "cni.dev/valid-attachments";

    static ValidAttachments of(JsonNode config) throws CniException {
        if (!config.has(KEY)) {
            throw new CniException(CniException.INVALID_CONFIG, "GC without " + KEY,
                    "null or [] there means that no attachment is valid any more");
        }
        final JsonNode list = RuntimeConfig.array(config, KEY);
        final Set<String> ids = new HashSet<>();
        for (JsonNode one : list) {
            final JsonNode container = one.path("containerID");
            final JsonNode ifname = one.path("ifname");
            if (!container.isTextual() || !ifname.isTextual()) {
                throw RuntimeConfig.invalid(KEY, one, "each needs containerID and ifname");
            }
            ids.add(container.asText() + "/" + ifname.asText());
        }
        return new ValidAttachments(ids);
    }

    boolean contains(Attachment attachment) {
        return ids.contains(attachment.id());
    }
}
