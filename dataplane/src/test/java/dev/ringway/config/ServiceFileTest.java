package dev.ringway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.control.IpText;
import dev.ringway.control.services.EndpointPortSpec;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.EndpointSpec;
import dev.ringway.control.services.IngressSpec;
import dev.ringway.control.services.Protocols;
import dev.ringway.control.services.ServicePortSpec;
import dev.ringway.control.services.ServiceSpec;
import dev.ringway.control.services.ServiceType;
import dev.ringway.service.Balance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Objects as kubectl prints them, and what is said about broken ones. */
class ServiceFileTest {
    static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: shop
            spec:
              clusterIPs: [10.96.0.10]
              ports:
                - {name: http, port: 80, protocol: TCP, targetPort: web}
              type: ClusterIP
            """;
    static final String SLICE = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata:
              name: web-abcde
              namespace: shop
              labels: {kubernetes.io/service-name: web}
            addressType: IPv4
            ports:
              - {name: http, port: 8080, protocol: TCP}
            endpoints:
              - addresses: [10.244.1.10]
                nodeName: node1
            """;

    @TempDir
    private Path directory;

    /** What a file holds. */
    private static final class Read implements ServiceFile.Taker {
        private final List<ServiceSpec> services = new ArrayList<>();
        private final List<EndpointSliceSpec> slices = new ArrayList<>();
        private List<String> warnings;
        private ServiceFile.Result result;

        @Override
        public void take(ServiceSpec service, long place) {
            services.add(service);
        }

        @Override
        public void take(EndpointSliceSpec slice, long place) {
            slices.add(slice);
        }
    }

    private Read read(String text) throws ConfigException, IOException {
        return read(Files.writeString(directory.resolve("services.yaml"), text));
    }

    private Read read(Path file) throws ConfigException {
        final Read read = new Read();
        read.result = ServiceFile.read(file, new StringPool(), read, 20);
        read.warnings = read.result.warnings().stream().map(text -> text.replace(file.getParent() + "/", "")).toList();
        return read;
    }

    private List<String> problems(String text) {
        return problems(() -> read(text));
    }

    private List<String> problems(Path file) {
        return problems(() -> read(file));
    }

    private List<String> problems(Executable reading) {
        return assertThrows(ConfigException.class, reading).problems().stream()
                .map(problem -> problem.replace(directory + "/", "")).toList();
    }

    @Test
    void serviceWithEveryKey() throws Exception {
        final Read objects = read(sample("kubectl-service.yaml"));
        assertEquals(List.of(), objects.warnings);
        assertEquals(List.of(new ServiceSpec("shop", "web", ServiceType.LOAD_BALANCER,
                List.of(IpText.address("10.96.0.10"), IpText.address("fd00:96::10")),
                List.of(new ServicePortSpec("http", Protocols.TCP, 80, 30_080),
                        new ServicePortSpec("sctp", Protocols.SCTP, 80, 30_081)),
                List.of(IpText.address("192.0.2.7")),
                List.of(new IngressSpec(IpText.address("192.0.2.80"), true),
                        new IngressSpec(IpText.address("192.0.2.81"), false)),
                List.of(IpText.prefix("198.51.100.0/24")), 600, true, true, 31_000, true, true, Balance.MAGLEV)),
                objects.services);
    }

    @Test
    void listAsKubectlPrintsIt() throws Exception {
        final Read objects = read(sample("kubectl-list.yaml"));
        assertEquals(1, objects.services.size());
        final ServiceSpec dns = objects.services.getFirst();
        assertEquals("kube-dns", dns.name());
        assertEquals(List.of(new ServicePortSpec("dns", Protocols.UDP, 53, 0),
                new ServicePortSpec("dns-tcp", Protocols.TCP, 53, 0)), dns.ports());
        assertEquals(List.of(new EndpointSliceSpec("kube-system", "kube-dns-x8q2p", "kube-dns", 4, false,
                List.of(new EndpointPortSpec("dns", Protocols.UDP, 53),
                        new EndpointPortSpec("dns-tcp", Protocols.TCP, 53)),
                List.of(new EndpointSpec(IpText.address("10.244.1.2"), true, true, false, "node1", "zone-a", List.of(),
                        List.of("zone-a"), 1),
                        new EndpointSpec(IpText.address("10.244.2.2"), false, true, true, "node2", "zone-b",
                                List.of("node2"), List.of("zone-b"), 3)), 0)), objects.slices);
        assertEquals(List.of("kubectl-list.yaml:78:3: a ConfigMap is passed over; only v1 Services and"
                + " discovery.k8s.io/v1 EndpointSlices are read"), objects.warnings);
    }

    @Test
    void leastThatIsNeeded() throws Exception {
        final Read objects = read("""
                ---
                # a comment is no document
                ---
                kind: Service
                metadata: {name: a}
                spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
                ---
                kind: EndpointSlice
                metadata: {name: a-1, labels: {kubernetes.io/service-name: a, service.kubernetes.io/headless: ""}}
                addressType: IPv4
                ports: [{name: "", port: 8080}, {}]
                endpoints: [{addresses: [10.244.1.1, 10.244.1.2]}]
                """);
        assertEquals(new ServiceSpec("default", "a", ServiceType.CLUSTER_IP, List.of(IpText.address("10.96.0.1")),
                List.of(new ServicePortSpec("", Protocols.TCP, 80, 0)), List.of(), List.of(), List.of(), 0, false,
                false, 0, false, false, null), objects.services.getFirst());
        assertEquals(new EndpointSliceSpec("default", "a-1", "a", 4, true,
                List.of(new EndpointPortSpec("", Protocols.TCP, 8080), new EndpointPortSpec("", Protocols.TCP, 0)),
                List.of(new EndpointSpec(IpText.address("10.244.1.1"), true, true, false, null, null, List.of(),
                        List.of(), 1)), 0), objects.slices.getFirst());
    }

    @Test
    void jsonOfTheApi() throws Exception {
        final Read objects = read("""
                {"kind":"ServiceList","apiVersion":"v1","items":[
                  {"metadata":{"name":"a","namespace":"x"},"spec":{"clusterIP":"10.96.0.1","ports":[{"port":80}]}}]}
                {"kind":"EndpointSliceList","items":[
                  {"metadata":{"name":"a-1","namespace":"x","labels":{"kubernetes.io/service-name":"a"}},
                   "addressType":"IPv6","endpoints":[{"addresses":["fd00::1"]}],"ports":null}]}
                """);
        assertEquals(List.of(), objects.warnings);
        assertEquals("x", objects.services.getFirst().namespace());
        assertEquals(6, objects.slices.getFirst().version());
        assertEquals(1, objects.slices.getFirst().endpoints().size());
    }

    @Test
    void whatIsNoServicesHasNoProxy() throws Exception {
        final Read objects = read("""
                kind: Service
                metadata: {name: headless}
                spec: {clusterIP: None, clusterIPs: [None], type: ClusterIP}
                ---
                kind: Service
                metadata: {name: elsewhere}
                spec: {type: ExternalName, externalName: example.com}
                ---
                kind: EndpointSlice
                metadata: {name: mine}
                addressType: IPv4
                endpoints: []
                ports: null
                ---
                kind: EndpointSlice
                metadata: {name: names, labels: {kubernetes.io/service-name: a}}
                addressType: FQDN
                endpoints: [{addresses: [example.com]}]
                ports: []
                """);
        assertEquals(List.of(), objects.services.get(0).clusterIps());
        assertEquals(ServiceType.EXTERNAL_NAME, objects.services.get(1).type());
        assertEquals(0, objects.slices.getFirst().version());
        assertEquals(List.of("services.yaml:10:1: EndpointSlice default/mine: metadata.labels."
                + "kubernetes.io/service-name: is missing, so that it is nobody's and passed over"), objects.warnings);
    }

    @Test
    void addressesAsOlderClustersHaveThem() throws Exception {
        final Read objects = read(SERVICE.replace("10.96.0.10", "010.096.000.010").replace("type: ClusterIP",
                "externalIPs: ['::ffff:192.0.2.1']\n  loadBalancerSourceRanges: [' 10.1.2.3/8 ', '2001:db8::1/32']"));
        assertEquals(List.of(IpText.address("10.96.0.10")), objects.services.getFirst().clusterIps());
        assertEquals(List.of(IpText.address("192.0.2.1")), objects.services.getFirst().externalIps());
        assertEquals(List.of(IpText.prefix("10.0.0.0/8"), IpText.prefix("2001:db8::/32")),
                objects.services.getFirst().loadBalancerSourceRanges());
    }

    @Test
    void slipsInAnnotationsOnlyWarn() throws Exception {
        final Read objects = read(SERVICE.replace("  namespace: shop",
                "  namespace: shop\n  annotations: {ringway.dev/balance: roundrobin}") + "---\n" + SLICE.replace(
                "  namespace: shop",
                "  namespace: shop\n  annotations: {ringway.dev/weights: '10.244.1.10=7,x=1,10.244.1.11=-1,5'}"));
        assertNull(objects.services.getFirst().balance());
        assertEquals(7, objects.slices.getFirst().endpoints().getFirst().weight());
        assertEquals(List.of("services.yaml:6:17: Service shop/web: metadata.annotations.ringway.dev/balance: must be"
                + " random, maglev or leastFlows; it is passed over",
                slip("'x=1' is not ADDRESS=WEIGHT with 0..65535; it is passed over"),
                slip("'10.244.1.11=-1' is not ADDRESS=WEIGHT with 0..65535; it is passed over"),
                slip("'5' is not ADDRESS=WEIGHT with 0..65535; it is passed over")), objects.warnings);
    }

    private static String slip(String message) {
        return "services.yaml:18:17: EndpointSlice shop/web-abcde: metadata.annotations.ringway.dev/weights: "
                + message;
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvFileSource(resources = "service-warnings.txt", delimiter = '|', quoteCharacter = '`')
    void passedOver(String right, String wrong, String expected) throws Exception {
        final String text = SERVICE + "---\n" + SLICE;
        assertTrue(text.contains(right), right);
        assertEquals(expected == null ? List.of() : List.of(expected),
                read(text.replace(right, wrong.replace("\\n", "\n"))).warnings);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvFileSource(resources = "service-refusals.txt", delimiter = '|', quoteCharacter = '`')
    void refused(String right, String wrong, String expected) {
        final String text = SERVICE + "---\n" + SLICE;
        assertTrue(text.contains(right), right);
        final List<String> problems = problems(text.replace(right, wrong.replace("\\n", "\n")));
        assertEquals(1, problems.size(), problems::toString);
        assertEquals(expected, problems.getFirst());
    }

    @Test
    void allThatIsWrongIsToldButNotWithoutEnd() {
        assertEquals(List.of("services.yaml:10:3: Service shop/web: spec.type: must be ClusterIP or NodePort or"
                + " LoadBalancer or ExternalName, not 'Clusterip'; did you mean ClusterIP?",
                "services.yaml:18:1: EndpointSlice shop/web-abcde: addressType: must be IPv4 or IPv6 or FQDN, not"
                        + " 'IPv5'; did you mean IPv4?"),
                problems(SERVICE.replace("type: ClusterIP", "type: Clusterip") + "---\n"
                        + SLICE.replace("IPv4", "IPv5")));
        final List<String> many = problems(("---\n" + SERVICE.replace("port: 80", "port: x")).repeat(500));
        assertEquals(21, many.size());
        assertEquals("services.yaml: and 480 more", many.getLast());
    }

    /** Where a text is one long line, only the column tells. */
    @Test
    void placesInOneLineOfJson() {
        assertEquals(List.of("services.yaml:1:245: Service shop/b: spec.ports[0].port: must be a whole number from 1"
                + " to 65535, not 0"),
                problems("{\"kind\":\"List\",\"items\":[" + json("a", 80) + "," + json("b", 0) + "]}"));
        assertEquals(List.of("services.yaml:1:117: the key 'spec' is given twice, first at 1:62"),
                problems(json("a", 80).replaceFirst("}$", ",\"spec\":{}}")));
    }

    private static String json(String name, int port) {
        return "{\"kind\":\"Service\",\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"shop\"},"
                + "\"spec\":{\"clusterIP\":\"10.96.0.1\",\"ports\":[{\"port\":" + port + "}]}}";
    }

    @Test
    void emptyIsOnlyMeantWhereItIsWritten() throws Exception {
        for (String text : List.of("", "\n", "---\n", "# nothing\n", "---\n---\n", "kind: List\nitems:\n",
                "kind: ConfigMap\nmetadata: {name: a}\n", "kind: ConfigMapList\nitems: []\n")) {
            assertTrue(read(text).result.empty(), text);
            assertFalse(read(text).result.meant(), text);
        }
        for (String kind : List.of("List", "ServiceList", "EndpointSliceList")) {
            assertTrue(read("apiVersion: v1\nitems: []\nkind: " + kind + "\n").result.meant(), kind);
        }
        assertFalse(read(SERVICE).result.empty());
    }

    @Test
    void objectsThatNobodyReadsAreCounted() throws Exception {
        final List<String> warnings = read("kind: Endpoints\nmetadata: {name: a}\n---\n".repeat(20_000)
                + "kind: Servcie\nmetadata: {name: b}\n").warnings;
        assertEquals(List.of("services.yaml:1:1: 20000 objects of kind Endpoints, the first of them here, are passed"
                + " over; only v1 Services and discovery.k8s.io/v1 EndpointSlices are read",
                "services.yaml:60001:1: a Servcie is passed over; only v1 Services and discovery.k8s.io/v1"
                        + " EndpointSlices are read; did you mean Service?"), warnings);
        final StringBuilder kinds = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            kinds.append("---\nkind: Kind").append(i).append("\nmetadata: {name: a}\n");
        }
        assertEquals(21, read(kinds.toString()).warnings.size());
    }

    /** jq -S and yq 'sort_keys(..)' write kind behind the items, which in such lists have none of their own. */
    @Test
    void listsOfOneKindWithSortedKeys() throws Exception {
        final Read objects = read("""
                apiVersion: v1
                items:
                - metadata: {name: a, namespace: x}
                  spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
                kind: ServiceList
                ---
                apiVersion: v1
                items:
                - metadata: {name: pod, namespace: x}
                  spec: {containers: []}
                kind: PodList
                ---
                apiVersion: serving.knative.dev/v1
                items:
                - metadata: {name: knative, namespace: x}
                  spec: {template: {}}
                - metadata: {name: other, namespace: x}
                  spec: {template: {}}
                kind: ServiceList
                ---
                {"apiVersion": "discovery.k8s.io/v1", "items": [{"addressType": "IPv4", "endpoints": [],
                  "metadata": {"name": "a-1", "labels": {"kubernetes.io/service-name": "a"}}, "ports": []}],
                  "kind": "EndpointSliceList"}
                """);
        assertEquals(List.of("a"), objects.services.stream().map(ServiceSpec::name).toList());
        assertEquals(List.of("a-1"), objects.slices.stream().map(EndpointSliceSpec::name).toList());
        assertEquals(List.of("services.yaml:9:3: a Pod is passed over; only v1 Services and discovery.k8s.io/v1"
                + " EndpointSlices are read", "services.yaml:15:3: 2 objects of kind Service of"
                + " serving.knative.dev/v1, the first of them here, are passed over; only v1 Services and"
                + " discovery.k8s.io/v1 EndpointSlices are read"), objects.warnings);
    }

    @Test
    void otherVersionsArePassedOver() throws Exception {
        final Read objects = read(SERVICE.replace("apiVersion: v1", "apiVersion: serving.knative.dev/v1") + "---\n"
                + SLICE.replace("io/v1", "io/v1beta1"));
        assertTrue(objects.result.empty());
        assertEquals(2, objects.warnings.size(), objects.warnings::toString);
    }

    /** Cut anywhere, what kubectl prints is either refused, or nothing, or all there. */
    @Test
    void halfWrittenListIsRefused() throws Exception {
        for (String name : List.of("kubectl-list.yaml", "kubectl-list.json")) {
            final String whole = Files.readString(sample(name));
            final Read all = read(whole);
            for (int length = 0; length < whole.length(); length += 2) {
                final String cut = whole.substring(0, length);
                final Read read;
                try {
                    read = read(cut);
                } catch (ConfigException e) {
                    continue;
                }
                assertTrue(read.result.empty() && !read.result.meant()
                        || read.services.equals(all.services) && read.slices.equals(all.slices), cut);
            }
        }
    }

    @ParameterizedTest(name = "{1}")
    @CsvFileSource(resources = "cut-objects.txt", delimiter = '|', quoteCharacter = '`')
    void halfWrittenObjectIsRefused(String text, String expected) {
        assertEquals(List.of(expected), problems(text.replace("\\n", "\n")));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("notText")
    void whatIsNoTextIsToldInWordsOfOurs(byte[] bytes, String expected) throws Exception {
        final Path file = Files.write(directory.resolve("services.yaml"), bytes);
        assertEquals(List.of("services.yaml:" + expected), problems(file));
    }

    static Stream<Arguments> notText() {
        return Stream.of(
                Arguments.of(SERVICE.getBytes(StandardCharsets.UTF_16), "1:1: is UTF-16; it must be UTF-8"),
                Arguments.of(json("a", 80).getBytes(StandardCharsets.UTF_16LE), "1:1: is UTF-16; it must be UTF-8"),
                Arguments.of(SERVICE.replace("web", "w\u00e4b").getBytes(StandardCharsets.ISO_8859_1),
                        "4:10: the byte 0xe4 is not UTF-8"),
                Arguments.of(json("\u00e4", 80).getBytes(StandardCharsets.ISO_8859_1),
                        "1:39: the byte 0xe4 is not UTF-8"),
                Arguments.of(SERVICE.replace("web", "w\u0001b").getBytes(StandardCharsets.UTF_8),
                        "4:10: the control character 0x01 is no text"),
                Arguments.of(("a: " + "{a: ".repeat(70)).getBytes(StandardCharsets.UTF_8),
                        "1:256: nested more than 64 levels deep"),
                Arguments.of(("{\"kind\":\"Service\",\"a\":" + "[".repeat(70)).getBytes(StandardCharsets.UTF_8),
                        "1:86: nested more than 64 levels deep"),
                Arguments.of("{\"kind\":\"Service\",".getBytes(StandardCharsets.UTF_8),
                        "1:19: ends in the middle of an object; is it cut off?"),
                Arguments.of("{\"kind\":\"Service\"]".getBytes(StandardCharsets.UTF_8),
                        "1:18: not JSON: Unexpected close marker ']': expected '}'"),
                Arguments.of("kind: Service\n\tx: 1\n".getBytes(StandardCharsets.UTF_8),
                        "2:1: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB)"
                                + " for indentation)"));
    }

    @Test
    void aByteOrderMarkOfUtf8IsNoHarm() throws Exception {
        assertEquals(1, read("\uFEFF" + SERVICE).services.size());
        assertEquals(1, read("\uFEFF" + json("a", 80)).services.size());
    }

    @Test
    void onlyFilesAreRead() throws Exception {
        assertEquals(List.of("missing.yaml: no such file"), problems(directory.resolve("missing.yaml")));
        assertEquals(List.of("directory: is a directory"), problems(
                Files.createDirectory(directory.resolve("directory"))));
        final Path pipe = directory.resolve("pipe.yaml");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertEquals(List.of("pipe.yaml: is neither a file nor a directory but a pipe, a socket or a device; such are"
                + " not read"), problems(pipe));
        assertEquals(List.of("null.yaml: is neither a file nor a directory but a pipe, a socket or a device; such are"
                + " not read"), problems(Files.createSymbolicLink(directory.resolve("null.yaml"),
                        Path.of("/dev/null"))));
        final Path link = Files.createSymbolicLink(directory.resolve("link.yaml"),
                Files.writeString(directory.resolve("real"), SERVICE));
        assertEquals(1, read(link).services.size());
        final Path loop = directory.resolve("loop.yaml");
        assertEquals(List.of("loop.yaml: cannot be read: Too many levels of symbolic links or unable to access"
                + " attributes of symbolic link"), problems(Files.createSymbolicLink(loop, loop)));
    }

    static Path sample(String name) throws Exception {
        return Path.of(ServiceFileTest.class.getResource(name).toURI());
    }
}
