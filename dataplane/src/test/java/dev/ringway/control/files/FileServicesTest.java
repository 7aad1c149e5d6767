package dev.ringway.control.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.FirstLines;
import dev.ringway.control.IpText;
import dev.ringway.control.services.Compiled;
import dev.ringway.control.services.NodeView;
import dev.ringway.control.services.ServiceListing;
import dev.ringway.control.services.ServiceQuery;
import dev.ringway.control.services.ServiceStatus;
import dev.ringway.control.services.SourceState;
import dev.ringway.service.Balance;
import dev.ringway.service.Frontend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that come, change, break and go, looked at as often as the test says, without news of the kernel. */
class FileServicesTest {
    private static final String EMPTY_LIST = "kind: List\nitems: []\n";
    private static final String CUT = "kind: List\nitems: [";

    @TempDir
    private Path directory;
    @TempDir
    private Path stateDir;
    private FileServices source;
    private Compiled compiled;
    private long nowMs = 1_000;

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
        open(path, 1L << 30);
    }

    /** A process that starts. */
    private void open(Path path, long heapBytes) {
        source = new FileServices(path, new NodeView("node1", "", List.of(IpText.address("172.30.0.1")),
                List.of(IpText.address("172.30.0.1")), IpText.address("10.244.1.0"), null), Balance.RANDOM, null,
                new KeptState(stateDir.resolve("file.json"), "node1", Runnable::run),
                new HeapBudget(heapBytes, heapBytes), FirstLines.MOST);
        compiled = null;
        look();
    }

    /** A process that ends in order and starts again. */
    private void restart(Path path) {
        restart(path, 1L << 30);
    }

    private void restart(Path path, long heapBytes) {
        source.keep();
        open(path, heapBytes);
    }

    private boolean look() {
        source.look(nowMs, () -> { });
        final Compiled now = source.poll(nowMs);
        compiled = now == null ? compiled : now;
        return now != null;
    }

    /** A changed file counts when it has stayed the same for a second. */
    private boolean settle() {
        final boolean first = look();
        nowMs += 1_000;
        return first | look();
    }

    private Frontend at(String address) {
        return compiled.table().lookup(4, IpText.address(address).hi(), 0, 6, 80);
    }

    private void assertWarning(String part) {
        assertTrue(source.warnings().stream().anyMatch(warning -> warning.contains(part)),
                () -> part + " in " + source.warnings());
    }

    /** What was read of the file at its last good reading is in force, and it is told so. */
    private void assertKept(String problem) {
        assertNotNull(at("10.96.0.1"));
        assertWarning(problem);
        assertWarning("not taken over; what is in force was read from " + directory);
        final SourceState state = source.sourceState();
        assertFalse(state.current());
        assertTrue(state.refusedMs() > 0 && state.readMs() > 0 && !state.kept(), state::toString);
    }

    @Test
    void firstLookReadsAndLaterOnesTellChanges() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1") + slice("a", "10.244.1.1"));
        open(file);
        assertEquals(1, at("10.96.0.1").port.cluster.size());
        assertFalse(look());
        write("services.yaml", service("b", "10.96.0.2"));
        assertFalse(look(), "it may be in the middle of being written");
        assertNotNull(at("10.96.0.1"));
        nowMs += 999;
        assertFalse(look());
        nowMs += 1;
        assertTrue(look());
        assertNull(at("10.96.0.1"));
        assertNotNull(at("10.96.0.2"));
        assertFalse(look());
        assertEquals(List.of(), source.warnings());
        final SourceState state = source.sourceState();
        assertEquals(new SourceState(file.toString(), true, state.readMs(), false, 0, null), state);
        assertTrue(state.readMs() > 0);
    }

    @Test
    void emptySourceGivesEmptyTablesOnce() throws Exception {
        open(write("services.yaml", ""));
        assertEquals(0, compiled.table().size());
        assertFalse(look());
        assertEquals(List.of(), source.warnings());
        assertTrue(source.sourceState().current());
    }

    /** As a shell does that is about to write, or has been and failed. */
    @Test
    void emptyFileIsNotTakenOver() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1"));
        open(file);
        for (String nothing : List.of("", "\n \n", "# nothing\n", "---\n", "kind: ConfigMap\nmetadata: {name: a}\n")) {
            Files.writeString(file, nothing);
            settle();
            assertKept("holds no Service and no EndpointSlice");
        }
        Files.writeString(file, EMPTY_LIST);
        settle();
        assertNull(at("10.96.0.1"));
        assertEquals(List.of(), source.warnings());
        Files.writeString(file, "");
        settle();
        assertEquals(List.of(), source.warnings(), "there is nothing that could get lost");
    }

    @Test
    void brokenFileChangesNothingAndIsNamed() throws Exception {
        open(write("services.yaml", service("a", "10.96.0.1")));
        write("services.yaml", service("b", "10.96.0.2") + service("c", "10.96.0"));
        settle();
        assertNull(at("10.96.0.2"));
        assertKept("services.yaml:8:8: Service default/c: spec.clusterIP: '10.96.0' is not an IPv4 or IPv6 address");
        final SourceState state = source.sourceState();
        assertEquals(source.warnings().getFirst(), state.problem());
        write("services.yaml", CUT);
        settle();
        assertKept("services.yaml:2:9: not YAML: ends in the middle of an object");
        assertEquals(state.refusedMs(), source.sourceState().refusedMs(), "since the first time");
        assertEquals(state.readMs(), source.sourceState().readMs());
        write("services.yaml", service("b", "10.96.0.2") + service("c", "10.96.0.3"));
        settle();
        assertNotNull(at("10.96.0.3"));
        assertEquals(List.of(), source.warnings());
        assertTrue(source.sourceState().current());
    }

    @Test
    void fileThatIsNotThereYetOrAnyMore() throws Exception {
        final Path file = directory.resolve("services.yaml");
        open(file);
        assertEquals(0, compiled.table().size());
        assertEquals(List.of(file + ": no such file", file + ": not taken over; nothing of it is in force"),
                source.warnings());
        write("services.yaml", service("a", "10.96.0.1"));
        settle();
        assertNotNull(at("10.96.0.1"));
        assertEquals(List.of(), source.warnings());
        Files.delete(file);
        settle();
        assertKept("services.yaml: no such file");
        Files.createDirectory(file);
        settle();
        assertKept("");
        assertWarning("services.yaml: the directory holds no file *.yaml, *.yml or *.json");
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
        settle();
        assertNull(at("10.96.0.3"), "a file that is taken out of a directory is meant to be gone");
        assertNotNull(at("10.96.0.4"));
        assertEquals(1, at("10.96.0.1").port.cluster.size());
        assertWarning("b.yml:1:8: not YAML");
    }

    /** As {@code rm} and a generator do it, git, and editors that keep what was there under another name. */
    @Test
    void fileThatIsRemovedAndWrittenAnewIsNotTakenOut() throws Exception {
        write("a.yaml", service("a", "10.96.0.1"));
        write("b.yaml", service("b", "10.96.0.2"));
        open(directory);
        for (int i = 3; i < 6; i++) {
            Files.delete(directory.resolve("a.yaml"));
            assertFalse(look());
            nowMs += 999;
            assertFalse(look());
            write("a.yaml", service("a", "10.96.0.1") + service("c", "10.96.0." + i));
            settle();
            assertNotNull(at("10.96.0.1"));
            assertNotNull(at("10.96.0." + i));
        }
        Files.move(directory.resolve("a.yaml"), directory.resolve("c.yaml"));
        assertFalse(look());
        nowMs += 1_000;
        assertFalse(look(), "what it said goes on under another name");
        assertNotNull(at("10.96.0.5"));
        assertEquals(List.of(), source.warnings());
    }

    @Test
    void directoryThatLosesItsFilesKeepsWhatTheySaid() throws Exception {
        write("a.yaml", service("a", "10.96.0.1"));
        write("b.yaml", service("b", "10.96.0.2"));
        open(directory);
        Files.delete(directory.resolve("a.yaml"));
        Files.delete(directory.resolve("b.yaml"));
        look();
        assertTrue(source.sourceState().current(), "they may be about to be written anew");
        settle();
        assertNotNull(at("10.96.0.1"));
        assertWarning("the directory holds no file *.yaml, *.yml or *.json; what is in force was read from");
        assertFalse(source.sourceState().current());
        write("c.yaml", CUT);
        settle();
        assertNotNull(at("10.96.0.1"), "nothing of what is there now is in force");
        write("c.yaml", service("c", "10.96.0.3"));
        settle();
        assertNull(at("10.96.0.1"));
        assertNull(at("10.96.0.2"));
        assertNotNull(at("10.96.0.3"));
        assertEquals(List.of(), source.warnings());
    }

    @Test
    void pathThatIsReplacedByOneOfAnotherKind() throws Exception {
        final Path path = Files.createDirectory(directory.resolve("services"));
        Files.writeString(path.resolve("a.yaml"), service("a", "10.96.0.1"));
        open(path);
        Files.delete(path.resolve("a.yaml"));
        Files.delete(path);
        settle();
        assertKept("services: no such file");
        Files.writeString(path, "");
        settle();
        assertKept("services: holds no Service");
        Files.writeString(path, service("b", "10.96.0.2"));
        settle();
        assertNull(at("10.96.0.1"));
        assertNotNull(at("10.96.0.2"));
        assertEquals(List.of(), source.warnings());
    }

    @Test
    void whatTwoFilesHaveIsTheFirstOnesUntilItGivesItUp() throws Exception {
        write("a.yaml", service("web", "10.96.0.1"));
        write("b.yaml", service("web", "10.96.0.2") + service("web", "10.96.0.3"));
        open(directory);
        assertNotNull(at("10.96.0.1"));
        assertNull(at("10.96.0.2"));
        assertWarning("b.yaml:2:1: Service default/web is in " + directory.resolve("a.yaml")
                + ":2:1 already; that one counts");
        assertWarning("b.yaml:6:1: Service default/web is given twice, first at 2:1; that one counts");
        write("a.yaml", service("other", "10.96.0.9"));
        settle();
        assertNull(at("10.96.0.1"));
        assertNotNull(at("10.96.0.2"));
        assertEquals(1, source.warnings().size(), () -> source.warnings().toString());
        write("a.yaml", service("other", "10.96.0.9") + service("web", "10.96.0.1"));
        settle();
        assertNotNull(at("10.96.0.2"), "it has it now");
        Files.delete(directory.resolve("b.yaml"));
        settle();
        assertNotNull(at("10.96.0.1"));
        assertNull(at("10.96.0.2"));
        assertEquals(List.of(), source.warnings());
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
        look();
        assertNull(at("10.96.0.1"), "a link that leads elsewhere is no file that is being written");
        assertNotNull(at("10.96.0.2"));
    }

    @Test
    void linkThatLeadsNowhereIsNoFileThatWasTakenOut() throws Exception {
        final Path elsewhere = write("elsewhere", service("a", "10.96.0.1"));
        Files.createSymbolicLink(directory.resolve("a.yaml"), elsewhere);
        write("b.yaml", service("b", "10.96.0.2"));
        open(directory);
        Files.delete(elsewhere);
        settle();
        assertKept("a.yaml: no such file");
    }

    @Test
    void whatWasReadIsKnownAfterARestart() throws Exception {
        write("a.yaml", service("a", "10.96.0.1") + slice("a", "10.244.1.1"));
        write("b.yaml", service("b", "10.96.0.2"));
        open(directory);
        write("a.yaml", CUT);
        restart(directory);
        assertTrue(source.isKnown());
        assertEquals(1, at("10.96.0.1").port.cluster.size());
        assertNotNull(at("10.96.0.2"));
        assertWarning("a.yaml: not taken over; what is in force was kept from before the restart, when it was read"
                + " from ");
        assertTrue(source.sourceState().kept());
        restart(directory);
        assertNotNull(at("10.96.0.1"), "also after another");
        write("a.yaml", service("a", "10.96.0.5"));
        Files.delete(directory.resolve("b.yaml"));
        restart(directory);
        assertNotNull(at("10.96.0.5"));
        assertNotNull(at("10.96.0.2"), "it may be about to be written anew");
        settle();
        assertNull(at("10.96.0.2"), "it was taken out of the directory while nobody looked");
        assertEquals(List.of(), source.warnings());
        assertFalse(source.sourceState().kept());
    }

    @Test
    void whatIsKeptIsNotThatOfAnotherPath() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1"));
        open(file);
        restart(directory.resolve("other.yaml"));
        assertFalse(source.isKnown() && at("10.96.0.1") != null);
        assertWarning("other.yaml: not taken over; nothing of it is in force");
    }

    @Test
    void missingFileAndAnEmptyOneAtAStartUseWhatIsKept() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1"));
        open(file);
        Files.writeString(file, "");
        restart(file);
        assertNotNull(at("10.96.0.1"));
        assertWarning("holds no Service and no EndpointSlice");
        Files.delete(file);
        restart(file);
        assertNotNull(at("10.96.0.1"));
        assertWarning("no such file");
        Files.writeString(file, EMPTY_LIST);
        restart(file);
        assertEquals(0, compiled.table().size());
        assertEquals(List.of(), source.warnings());
    }

    @Test
    void keptStateOfAnotherNodeOrBrokenIsToldAndNotUsed() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1"));
        open(file);
        source.keep();
        final Path kept = stateDir.resolve("file.json");
        final String text = Files.readString(kept);
        for (String broken : List.of("", "{", text.substring(0, text.length() / 2), text.replace("node1", "node2"),
                text.replace("\"services\":1", "\"services\":7"))) {
            Files.writeString(kept, broken);
            Files.deleteIfExists(file);
            open(file);
            assertEquals(0, compiled.table().size(), broken);
        }
    }

    /** What has no room on the heap is not taken over, and says how much it wants. */
    @Test
    void fileThatIsTooLargeIsRefused() throws Exception {
        final Path file = write("services.yaml", service("a", "10.96.0.1"));
        open(file, 24L << 20);
        Files.writeString(file, many("10.97."));
        settle();
        assertKept("services.yaml: needs about 32 MiB of heap with what is in force, and the JVM has 24; set"
                + " RINGWAY_JAVA_OPTS=-Xmx32m");
        restart(file, 31L << 20);
        assertEquals(10_000, compiled.table().size());
        restart(file, 18L << 20);
        assertEquals(0, compiled.table().size(), "what was kept has no room either");
    }

    /** While everything changes at once, both states are there. */
    @Test
    void changeThatIsTooLargeIsRefused() throws Exception {
        final Path file = write("services.yaml", many("10.97."));
        open(file, 31L << 20);
        assertEquals(10_000, compiled.table().size());
        Files.writeString(file, many("10.97.").replace("name: s9999}", "name: other}"));
        settle();
        assertEquals(List.of(), source.warnings());
        assertEquals("other", source.get("default", "other").name());
        Files.writeString(file, many("10.98."));
        settle();
        assertWarning("services.yaml: needs about 48 MiB of heap with what is in force, and the JVM has 31");
        assertNotNull(at("10.97.0.1"));
    }

    private static String many(String network) {
        final StringBuilder many = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            many.append(service("s" + i, network + i / 250 + "." + i % 250));
        }
        return many.toString();
    }

    @Test
    void nodeThatChanges() throws Exception {
        open(write("services.yaml", service("a", "10.96.0.1").replace("port: 80}", "port: 80, nodePort: 30080}")
                .replace("{clusterIP", "{type: NodePort, clusterIP")));
        assertNotNull(compiled.table().lookup(4, IpText.address("172.30.0.1").hi(), 0, 6, 30_080));
        source.setNode(new NodeView("node1", "", List.of(), List.of(IpText.address("172.30.0.9")), null, null));
        assertTrue(look());
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
