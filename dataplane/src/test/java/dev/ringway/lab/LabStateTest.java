package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabStateTest {
    private static final LabSpec SPEC = new LabSpec(1, 1, "gre", true, 6, "dedicated", 1400);

    @TempDir
    private Path directory;

    @Test
    void isReadAsItWasWritten() {
        final LabFiles files = new LabFiles(directory.resolve("lab"));
        assertNull(LabState.load(files));
        for (LabSpec spec : new LabSpec[] {SPEC, new LabSpec(4, 3, "vxlan", false, 4, "shared", 9000)}) {
            final LabState state = new LabState("0a1b2c3d", true, spec);
            state.save(files);
            assertEquals(state, LabState.load(files));
        }
    }

    /** The whole shape that scripts rely on; a change here is a change of version. */
    @Test
    void shapeOfUpJson() throws IOException {
        final JsonNode expected = Json.parse("""
                {"v": 1, "id": "cafe", "state": "up",
                 "options": {"nodes": 1, "pods": 1, "encap": "gre", "ipv6": true, "underlay": "ipv6",
                             "threading": "dedicated", "mtu": 1400},
                 "directory": "/run/ringway-lab",
                 "podCidrs": ["10.244.0.0/16", "fd00:244::/32"],
                 "nodes": [{"name": "node1", "namespace": "rw-node1", "addresses": ["172.30.0.1", "fd00:30::1"],
                            "podCidrs": ["10.244.1.0/24", "fd00:244:1::/64"],
                            "config": "/run/ringway-lab/node1.yaml", "socket": "/run/ringway-lab/node1/ringway.sock",
                            "log": "/run/ringway-lab/node1.log"}],
                 "pods": [{"name": "n1-p1", "namespace": "rw-n1-p1", "node": "node1", "interface": "eth0",
                           "addresses": ["10.244.1.10", "fd00:244:1::a"]}],
                 "outside": {"namespace": "rw-outside", "addresses": ["172.30.0.254", "fd00:30::fe"]},
                 "service": {"name": "lab/web", "clusterIPs": ["10.96.0.80", "fd00:96::50"], "port": 80,
                             "nodePort": 30080, "pods": [{"name": "n1-p1", "log": "/run/ringway-lab/n1-p1.log"}]}}
                """);
        final LabState state = new LabState("cafe", true, SPEC);
        final var json = state.json(new LabFiles(directory));
        for (JsonNode node : json.path("nodes")) {
            assertTrue(node.path("config").asText().startsWith(directory.toString()));
        }
        assertEquals(expected, Json.parse(Json.line(json).replace(directory.toString(), "/run/ringway-lab")));
    }

    @Test
    void aLabThatIsNotCompleteIsRefusedWithWhatToDo() {
        final LabFiles files = new LabFiles(directory);
        assertTrue(assertThrows(LabException.class, () -> LabState.require(files)).getMessage()
                .contains("ringway lab up"));
        new LabState("1", false, SPEC).save(files);
        assertTrue(assertThrows(LabException.class, () -> LabState.require(files)).getMessage()
                .contains("not complete"));
        final LabState up = new LabState("1", true, SPEC);
        up.save(files);
        assertEquals(up, LabState.require(files));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"v\":2}", "{\"v\":1,\"options\":{\"nodes\":-1}}"})
    void somethingElseIsRefusedAndDownIsAdvised(String text) throws IOException {
        final LabFiles files = new LabFiles(directory);
        Files.writeString(files.state(), text);
        final LabException refused = assertThrows(LabException.class, () -> LabState.load(files));
        assertTrue(refused.getMessage().contains("ringway lab down"), refused.getMessage());
    }
}
