package dev.ringway.control.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.store.SpecTrees;
import dev.ringway.control.store.StateFile;

/** What of the cluster's nodes is kept for a start without etcd. */
sealed interface Kept permits PeerNode, Claim {
    /** Its lines in the state file. */
    StateFile.Nodes<Kept> LINES = new StateFile.Nodes<>() {
        @Override
        public Kept read(JsonNode line) {
            final String name = line.path("metadata").path("name").asText("");
            return switch (line.path("kind").asText()) {
                case "Node" -> PeerNode.read(name, line.path("spec"), line.path("revision").asLong());
                case "Range" -> Claim.read(name, line.path("node").asText(""), line.path("revision").asLong());
                default -> throw new IllegalArgumentException("an object is of no known kind");
            };
        }

        @Override
        public ObjectNode write(Kept kept) {
            return switch (kept) {
                case PeerNode node -> SpecTrees.object("Node", null, node.name()).put("revision", node.revision())
                        .set("spec", node.tree());
                case Claim claim -> SpecTrees.object("Range", null, Claim.name(claim.range()))
                        .put("revision", claim.created()).put("node", claim.node());
            };
        }
    };
}
