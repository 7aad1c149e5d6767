package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * Objects of the client's into the trees that this project's readers take: without nulls and empty texts, except of
 * labels, and without what nobody reads. Kept untyped up to there, because a type would refuse the whole list for a
 * word in one object.
 */
final class Trees {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Trees() {
    }

    static ObjectNode of(GenericKubernetesResource object) {
        final ObjectNode tree = mapping(object.getAdditionalProperties());
        tree.set("metadata", metadata(object.getMetadata()));
        return tree;
    }

    /** Of a Node, whose status is long, only what {@link NodeObject} reads. */
    static ObjectNode ofNode(GenericKubernetesResource node) {
        final ObjectNode tree = NODES.objectNode();
        tree.set("metadata", metadata(node.getMetadata()));
        pick(tree, node, "spec", "podCIDR", "podCIDRs", "taints");
        pick(tree, node, "status", "addresses", "conditions");
        return tree;
    }

    private static void pick(ObjectNode tree, GenericKubernetesResource object, String section, String... keys) {
        if (object.getAdditionalProperties().get(section) instanceof Map<?, ?> source) {
            final ObjectNode target = tree.putObject(section);
            for (String key : keys) {
                put(target, key, source.get(key));
            }
        }
    }

    private static ObjectNode metadata(ObjectMeta metadata) {
        final ObjectNode tree = NODES.objectNode();
        if (metadata == null) {
            return tree;
        }
        put(tree, "name", metadata.getName());
        put(tree, "namespace", metadata.getNamespace());
        put(tree, "creationTimestamp", metadata.getCreationTimestamp());
        put(tree, "deletionTimestamp", metadata.getDeletionTimestamp());
        if (metadata.getLabels() != null) {
            // That a label is there says something, even if it is empty.
            final ObjectNode labels = tree.putObject("labels");
            metadata.getLabels().forEach((key, value) -> labels.put(key, value == null ? "" : value));
        }
        put(tree, "annotations", metadata.getAnnotations());
        return tree;
    }

    private static ObjectNode mapping(Map<?, ?> map) {
        final ObjectNode mapping = NODES.objectNode();
        map.forEach((key, value) -> put(mapping, key.toString(), value));
        return mapping;
    }

    private static void put(ObjectNode mapping, String key, Object value) {
        final JsonNode node = value(value);
        if (!node.isNull()) {
            mapping.set(key, node);
        }
    }

    private static JsonNode value(Object value) {
        return switch (value) {
            case null -> NODES.nullNode();
            case String text -> text.isEmpty() ? NODES.nullNode() : NODES.textNode(text);
            case Integer number -> NODES.numberNode(number);
            case Long number -> NODES.numberNode(number);
            case BigInteger number -> NODES.numberNode(number);
            case Number number -> NODES.numberNode(number.doubleValue());
            case Boolean flag -> NODES.booleanNode(flag);
            case Map<?, ?> map -> mapping(map);
            case List<?> list -> {
                final ArrayNode sequence = NODES.arrayNode(list.size());
                list.forEach(item -> sequence.add(value(item)));
                yield sequence;
            }
            default -> NODES.textNode(value.toString());
        };
    }
}
