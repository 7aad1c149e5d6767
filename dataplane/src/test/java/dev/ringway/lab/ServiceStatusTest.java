package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceStatusTest {
    private static final LabSpec SPEC = new LabSpec(2, 1, "vxlan", true, 4, "shared", 1500);
    private static final Endpoint ONE = SPEC.pod(1, 1);
    private static final Endpoint TWO = SPEC.pod(2, 1);
    private static final Set<String> BOTH = Set.of("10.244.1.10", "fd00:244:1::a", "10.244.2.10", "fd00:244:2::a");
    private static final Set<String> FIRST = Set.of("10.244.1.10", "fd00:244:1::a");

    @TempDir
    private Path directory;

    private ServiceStatus status(long pidOfTwo, Set<String> usedByNode2) {
        final Map<Endpoint, Long> pids = new LinkedHashMap<>();
        pids.put(ONE, 4711L);
        pids.put(TWO, pidOfTwo);
        final Map<String, Set<String>> used = new LinkedHashMap<>();
        used.put("node1", BOTH);
        used.put("node2", usedByNode2);
        return new ServiceStatus(new DemoService(SPEC, new LabFiles(directory)), pids, used);
    }

    @Test
    void isReadyWhenAllRunAndAllNodesUseThem() {
        assertTrue(status(4712, BOTH).ready());
        assertFalse(status(0, BOTH).ready());
        assertFalse(status(4712, FIRST).ready());
    }

    @Test
    void theNodeThatIsLateIsNamed() {
        assertEquals("node2", status(4712, FIRST).notYet(Set.of(ONE, TWO)));
        assertEquals("node1", status(4712, FIRST).notYet(Set.of(ONE)));
        assertNull(status(4712, BOTH).notYet(Set.of(ONE, TWO)));
    }

    @Test
    void asATable() {
        assertEquals("""
                Service lab/web, http://10.96.0.80/ and http://[fd00:96::50]/ in pods and on nodes, port 30080 of \
                each node
                  pod     pid  used by nodes
                  n1-p1  4711         2 of 2
                  n2-p1     -         1 of 2
                  n2-p1: the web server does not run; 'ringway lab check' starts it again
                """, status(0, FIRST).text());
    }

    @Test
    void asJson() throws IOException {
        final ObjectNode json = (ObjectNode) Json.parse("{'pods': [{'name': 'n1-p1'}, {'name': 'n2-p1'}]}"
                .replace('\'', '"'));
        status(4712, FIRST).addTo(json);
        assertEquals(Json.parse("""
                {"ready": false, "pods": [{"name": "n1-p1", "usedBy": ["node1", "node2"]},
                                          {"name": "n2-p1", "usedBy": ["node1"]}]}
                """), json);
    }

    @Test
    void addressesInUseAreThoseOfAllIpVersions() throws IOException {
        assertEquals(FIRST, ServiceStatus.used(Json.parse("""
                {"services": [{"name": "web", "ports": [
                    {"backends": [{"address": "10.244.1.10", "used": true}, {"address": "10.244.2.10", "used": false}]},
                    {"backends": [{"address": "fd00:244:1::a", "used": true}]}]}]}
                """)));
        assertEquals(Set.of(), ServiceStatus.used(Json.parse("{\"services\": []}")));
    }
}
