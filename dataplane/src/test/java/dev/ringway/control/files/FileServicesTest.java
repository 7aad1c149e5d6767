package dev.ringway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.ServiceStatus;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come, change, break and go, looked at as often as the test says. */
class ServicesSourceTest {
    @TempDir
    private Path directory;
    private ServicesSource source;
    private Compiled compiled;

    private static String service(String name, String address) {
        return "---\nkind: Service\nmetadata: {name: " + name + "}\nspec: {clusterIP: " + address
                + ", ports: [{port: 80}]}\n";
    }

    private static String slice(String service, String address) {
        return "---\nkind: EndpointSlice\nmetadata: {name: " + service + "-1, labels: {kubernetes.io/service-name: "
                + service + "}}\naddressType: IPv4\nports: [{port: 8080}]\nendpoints: [{addresses: [" + address
                + "], nodeName: node1}]\n";
    }

    private Path write(String name, String text) throws IOException {
        final Path file = directory.resolve(name);
        final Path next = directory.resolve(name + ".new");
        Files.writeString(next, text);
        return Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private void open(Path path) {
        source = new ServicesSource(path, new NodeView("node1", "", List.of(IpText.address("172.30.0.1")),
                List.of(IpText.address("172.30.0.1")), IpText.address("10.244.1.0"), null), Balance.RANDOM);
        poll();
    }

    private boolean poll() {
        final Compiled now = source.poll();
        compiled = now == null ? compiled : now;
        return now != null;
    }

    /** A changed file counts when it has stayed the same for a look. */
    private boolean pollTwice() {
        return poll() | poll();
    }

    private Frontend at(String address) {
        return compiled.table().lookup(4, IpText.address(address).hi(), 0, 6, 80);
    }

    private void assertWarning(String part) {
        assertTrue(source.warnings().stream().anyMatch(warning -> warning.contains(part)),
                () -> part + " in " + source.warnings());
    }

    @Test
    void firstLookReadsAndLaterOnesTellChanges() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1") + slice("a", "10.244.1.1"));
        open(file);
        assertEquals(1, at("10.96.0.1").port.cluster.size());
        assertNull(source.poll());
        write("services.yaml", service("b", "10.96.0.2"));
        assertNull(source.poll(), "it may be in the middle of being written");
        assertTrue(source.isUnsettled());
        assertNotNull(at("10.96.0.1"));
        assertTrue(poll());
        assertNull(at("10.96.0.1"));
        assertNotNull(at("10.96.0.2"));
        assertFalse(source.isUnsettled());
        assertNull(source.poll());
        assertEquals(List.of(), source.warnings());
    }

    @Test
    void emptySourceGivesEmptyTablesOnce() throws Exception {
        open(write("services.yaml", ""));
        assertEquals(0, compiled.table().size());
        assertNull(source.poll());
    }

    @Test
    void brokenFileChangesNothingAndIsNamed() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1"));
        open(file);
        write("services.yaml", service("b", "10.96.0.2") + service("c", "10.96.0"));
        pollTwice();
        assertNotNull(at("10.96.0.1"));
        assertNull(at("10.96.0.2"));
        assertWarning("services.yaml:6: document 2.spec.clusterIP: '10.96.0' is not an IPv4 or IPv6 address");
        assertWarning("not taken over; what was read from it before stays in force");
        write("services.yaml", service("b", "10.96.0.2") + service("c", "10.96.0.3"));
        pollTwice();
        assertNotNull(at("10.96.0.3"));
        assertEquals(List.of(), source.warnings());
    }

    @Test
    void fileThatIsNotThereYetOrAnyMore() throws Exception {
        final Path file = directory.resolve("services.yaml");
        open(file);
        assertEquals(0, compiled.table().size());
        assertWarning("services.yaml: cannot be read");
        write("services.yaml", service("a", "10.96.0.1"));
        pollTwice();
        assertNotNull(at("10.96.0.1"));
        assertEquals(List.of(), source.warnings());
        Files.delete(file);
        pollTwice();
        assertNotNull(at("10.96.0.1"), "the last good one stays");
        assertWarning("services.yaml: cannot be read");
    }

    @Test
    void directoryOfFiles() throws Exception {
        write("a.yaml", service("a", "10.96.0.1"));
        write("b.yml", slice("a", "10.244.1.1"));
        write("c.json", "{\"kind\":\"Service\",\"metadata\":{\"name\":\"c\"},\"spec\":{\"clusterIP\":\"10.96.0.3\","
                + "\"ports\":[{\"port\":80}]}}");
        write("notes.txt", "neither");
        write(".hidden.yaml", "neither");
        open(directory);
        assertEquals(1, at("10.96.0.1").port.cluster.size());
        assertNotNull(at("10.96.0.3"));
        assertEquals(List.of(), source.warnings());
        Files.delete(directory.resolve("c.json"));
        write("d.yaml", service("d", "10.96.0.4"));
        write("b.yml", "kind: [");
        pollTwice();
        assertNull(at("10.96.0.3"), "a file that is taken out of a directory is meant to be gone");
        assertNotNull(at("10.96.0.4"));
        assertEquals(1, at("10.96.0.1").port.cluster.size());
        assertWarning("b.yml:1: not YAML");
    }

    @Test
    void sameObjectInTwoFiles() throws Exception {
        write("a.yaml", service("web", "10.96.0.1"));
        write("b.yaml", service("web", "10.96.0.2") + service("web", "10.96.0.3"));
        open(directory);
        assertNotNull(at("10.96.0.1"));
        assertNull(at("10.96.0.2"));
        assertWarning("b.yaml: Service default/web is in " + directory.resolve("a.yaml") + " already; that one counts");
        write("a.yaml", service("other", "10.96.0.9"));
        pollTwice();
        assertNull(at("10.96.0.1"));
        assertNotNull(at("10.96.0.2"));
        assertWarning("b.yaml: Service default/web is given twice; the first counts");
    }

    /** As the kubelet does it: a hidden directory is swapped behind symbolic links. */
    @Test
    void configMapVolume() throws Exception {
        Files.createDirectory(directory.resolve("..v1"));
        Files.createDirectory(directory.resolve("..v2"));
        Files.writeString(directory.resolve("..v1/services.yaml"), service("a", "10.96.0.1"));
        Files.writeString(directory.resolve("..v2/services.yaml"), service("b", "10.96.0.2"));
        final Path data = directory.resolve("..data");
        Files.createSymbolicLink(data, Path.of("..v1"));
        Files.createSymbolicLink(directory.resolve("services.yaml"), Path.of("..data/services.yaml"));
        open(directory);
        assertNotNull(at("10.96.0.1"));
        Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..v2"));
        Files.move(directory.resolve("..tmp"), data, StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
        pollTwice();
        assertNull(at("10.96.0.1"));
        assertNotNull(at("10.96.0.2"));
    }

    @Test
    void nodeThatChanges() throws Exception {
        open(write("services.yaml", service("a", "10.96.0.1").replace("port: 80}", "port: 80, nodePort: 30080}")
                .replace("{clusterIP", "{type: NodePort, clusterIP")));
        assertNotNull(compiled.table().lookup(4, IpText.address("172.30.0.1").hi(), 0, 6, 30_080));
        source.setNode(new NodeView("node1", "", List.of(), List.of(IpText.address("172.30.0.9")), null, null));
        assertTrue(poll());
        assertNotNull(compiled.table().lookup(4, IpText.address("172.30.0.9").hi(), 0, 6, 30_080));
        assertEquals(List.of(), compiled.steered());
    }

    @Test
    void listForPeople() throws Exception {
        open(write("services.yaml", service("a", "10.96.0.1") + slice("a", "10.244.1.1") + service("b", "10.96.0.2")));
        final ServiceListing.Found found = source.find(new ServiceQuery(List.of(), "", false, 10, 10, true));
        assertEquals(List.of("a", "b"), found.services().stream().map(ServiceStatus::name).toList());
        assertEquals(2, found.total());
        final ServiceStatus.BackendStatus backend =
                source.get("default", "a").ports().getFirst().backends().getFirst();
        assertEquals("ready", backend.state());
        assertEquals("node1", backend.node());
        assertTrue(backend.local() && backend.used());
    }
}
