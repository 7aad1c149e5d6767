package dev.ringway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

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

    private ServiceObjects read(String text) throws ConfigException, IOException {
        final Path file = directory.resolve("services.yaml");
        Files.writeString(file, text);
        return ServiceFile.read(file, new StringPool());
    }

    private List<String> problems(String text) {
        return assertThrows(ConfigException.class, () -> read(text)).problems().stream()
                .map(problem -> problem.replace(directory + "/", "")).toList();
    }

    @Test
    void serviceWithEveryKey() throws Exception {
        final ServiceObjects objects = ServiceFile.read(sample("kubectl-service.yaml"), new StringPool());
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
        final ServiceObjects objects = ServiceFile.read(sample("kubectl-list.yaml"), new StringPool());
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
                                List.of("node2"), List.of("zone-b"), 3)))), objects.slices);
        assertEquals(1, objects.warnings.size());
        assertTrue(objects.warnings.getFirst().endsWith("document 1.items[2]: a ConfigMap is passed over; only Service"
                + " and EndpointSlice are read"), objects.warnings.getFirst());
    }

    @Test
    void leastThatIsNeeded() throws Exception {
        final ServiceObjects objects = read("""
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
                        List.of(), 1))), objects.slices.getFirst());
    }

    @Test
    void jsonOfTheApi() throws Exception {
        final ServiceObjects objects = read("""
                {"kind":"ServiceList","apiVersion":"v1","items":[
                  {"metadata":{"name":"a","namespace":"x"},"spec":{"clusterIP":"10.96.0.1","ports":[{"port":80}]}}]}
                {"kind":"EndpointSliceList","items":[
                  {"metadata":{"name":"a-1","namespace":"x","labels":{"kubernetes.io/service-name":"a"}},
                   "addressType":"IPv6","endpoints":[{"addresses":["fd00::1"]}],"ports":null}]}
                """);
        assertEquals("x", objects.services.getFirst().namespace());
        assertEquals(6, objects.slices.getFirst().version());
        assertEquals(1, objects.slices.getFirst().endpoints().size());
    }

    @Test
    void whatIsNoServicesHasNoProxy() throws Exception {
        final ServiceObjects objects = read("""
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
                ---
                kind: EndpointSlice
                metadata: {name: names, labels: {kubernetes.io/service-name: a}}
                addressType: FQDN
                endpoints: [{addresses: [example.com]}]
                """);
        assertEquals(List.of(), objects.services.get(0).clusterIps());
        assertEquals(ServiceType.EXTERNAL_NAME, objects.services.get(1).type());
        assertEquals(0, objects.slices.getFirst().version());
        assertEquals(List.of("EndpointSlice default/mine has no label kubernetes.io/service-name and is passed over"),
                objects.warnings);
    }

    @Test
    void addressesAsOlderClustersHaveThem() throws Exception {
        final ServiceObjects objects = read(SERVICE.replace("10.96.0.10", "010.096.000.010").replace("type: ClusterIP",
                "externalIPs: ['::ffff:192.0.2.1']\n  loadBalancerSourceRanges: [' 10.1.2.3/8 ', '2001:db8::1/32']"));
        assertEquals(List.of(IpText.address("10.96.0.10")), objects.services.getFirst().clusterIps());
        assertEquals(List.of(IpText.address("192.0.2.1")), objects.services.getFirst().externalIps());
        assertEquals(List.of(IpText.prefix("10.0.0.0/8"), IpText.prefix("2001:db8::/32")),
                objects.services.getFirst().loadBalancerSourceRanges());
    }

    @Test
    void slipsInAnnotationsOnlyWarn() throws Exception {
        final ServiceObjects objects = read(SERVICE.replace("  namespace: shop",
                "  namespace: shop\n  annotations: {ringway.dev/balance: roundrobin}") + "---\n" + SLICE.replace(
                "  namespace: shop",
                "  namespace: shop\n  annotations: {ringway.dev/weights: '10.244.1.10=7,x=1,10.244.1.11=-1,5'}"));
        assertNull(objects.services.getFirst().balance());
        assertEquals(7, objects.slices.getFirst().endpoints().getFirst().weight());
        assertEquals(4, objects.warnings.size(), () -> objects.warnings.toString());
        assertTrue(objects.warnings.getFirst().startsWith("shop/web: the annotation ringway.dev/balance must be"),
                objects.warnings.getFirst());
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
        assertEquals(List.of("services.yaml:1: document 1.spec.type: must be ClusterIP or NodePort or LoadBalancer or"
                + " ExternalName, not 'Clusterip'; did you mean ClusterIP?",
                "services.yaml:12: document 2.addressType: must be IPv4 or IPv6 or FQDN, not 'IPv5'; did you mean"
                        + " IPv4?"),
                problems(SERVICE.replace("type: ClusterIP", "type: Clusterip") + "---\n"
                        + SLICE.replace("IPv4", "IPv5")));
        final List<String> many = problems(("---\n" + SERVICE.replace("port: 80", "port: x")).repeat(500));
        assertEquals(21, many.size());
        assertEquals("services.yaml: and 480 more", many.getLast());
    }

    @Test
    void emptyFileHasNothing() throws Exception {
        for (String text : List.of("", "\n", "---\n", "# nothing\n", "apiVersion: v1\nitems: []\nkind: List\n")) {
            final ServiceObjects objects = read(text);
            assertEquals(0, objects.services.size() + objects.slices.size() + objects.warnings.size(), text);
        }
    }

    /** Cut anywhere, a file of one document is either refused or all there. */
    @Test
    void halfWrittenListIsRefused() throws Exception {
        final String whole = "{\"kind\":\"List\",\"items\":[{\"kind\":\"Service\",\"metadata\":{\"name\":\"a\"},"
                + "\"spec\":{\"clusterIP\":\"10.96.0.1\",\"ports\":[{\"port\":80}]}}]}";
        for (int length = 1; length < whole.length(); length++) {
            final String cut = whole.substring(0, length);
            assertThrows(ConfigException.class, () -> read(cut), cut);
        }
        assertEquals(1, read(whole).services.size());
    }

    static Path sample(String name) throws Exception {
        return Path.of(ServiceFileTest.class.getResource(name).toURI());
    }
}
