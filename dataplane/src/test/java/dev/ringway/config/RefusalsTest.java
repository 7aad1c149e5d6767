package dev.ringway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** One mistake at a time: what is changed in a right file, and what the one line about it must say. */
class RefusalsTest {
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvFileSource(resources = "refusals-changed.txt", delimiter = '|', quoteCharacter = '`')
    void changed(String right, String wrong, String expected) {
        assertTrue(ConfigFiles.SMALL.contains(right), right);
        expect(ConfigFiles.SMALL.replace(right, wrong.replace("\\n", "\n")), expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "refusals-added.txt", delimiter = '|', quoteCharacter = '`')
    void added(String line, String expected) {
        expect(ConfigFiles.SMALL + line, expected);
    }

    @Test
    void podsShareNothing() {
        expectAll(ConfigFiles.SMALL + """
              - name: default/web-1
                netns: /run/netns/web-1
                addresses: [10.244.1.10]
            """,
                "pods[1].name: pod default/web-1 is already that of pods[0].name",
                "pods[1].netns: interface eth0 in /run/netns/web-1 is already that of pods[0].netns",
                "pods[1].addresses[0]: address 10.244.1.10 is already that of pods[0].addresses[0]");
    }

    @Test
    void hostInterfaceIsNotTheUnderlays() {
        expect(ConfigFiles.SMALL + "underlay: {interface: eth0}\nhost: {interface: eth0}\n",
                "host.interface: 'eth0' is the underlay's interface");
    }

    @Test
    void emptyFileNamesWhatItNeeds() {
        expectAll("", "node: is missing", "cluster.podCidrs: is missing", "cluster.nodes: is missing");
    }

    @Test
    void nodesAndServicesComeFromOnePlace() {
        final String file = """
            node: node1
            cluster: {podCidrs: [10.244.0.0/16], source: kubernetes}
            """;
        expectAll(file.replace("}", ", nodes: []}") + "services: {file: /x.yaml}\n",
                "cluster.nodes: nodes come from cluster.source", "services.file: Services come from where nodes");
        expectAll(file.replace("kubernetes", "kubernets"), "cluster.source: must be file or kubernetes or etcd",
                "cluster.nodes: is missing");
        expect(file + "kubernetes: {apiServer: somewhere}\n", "kubernetes.apiServer: 'somewhere' is no URL");
        expect(file + "kubernetes: {api: x}\n", "kubernetes.api: unknown key");
        final String etcd = file.replace("source: kubernetes", "source: etcd");
        expect(etcd, "etcd.endpoints: is missing: etcd's members");
        expectAll(etcd + "kubernetes: {}\netcd: {endpoints: [x], user: me, prefix: x/, lease: 1, cert: /x, frob: 1}\n",
                "kubernetes: is only read with cluster.source: kubernetes", "etcd.endpoints[0]: 'x' is no URL",
                "etcd.user: needs etcd.passwordFile too", "etcd.prefix: must be like /ringway", "etcd.lease: must be",
                "etcd.cert: needs etcd.key too", "etcd.frob: unknown key");
        expect(ConfigFiles.SMALL + "kubernetes: {}\n", "kubernetes: is only read with cluster.source: kubernetes");
    }

    @Test
    void everythingIsToldAtOnce() {
        expectAll(ConfigFiles.SMALL.replace("172.30.0.2", "x").replace("web-1", "w/e/b") + "mtu: 1\nclean: keep\n",
                "pods[0].name", "cluster.nodes[1].address", "pods[0].netns", "mtu", "clean: unknown key");
    }

    private static void expect(String yaml, String expected) {
        final List<String> problems = ConfigFiles.problems(yaml);
        assertEquals(1, problems.size(), () -> "problems: " + problems);
        assertTrue(problems.getFirst().startsWith("node.yaml") && problems.getFirst().contains(expected),
                problems.getFirst());
    }

    private static void expectAll(String yaml, String... expected) {
        final List<String> problems = ConfigFiles.problems(yaml);
        assertEquals(expected.length, problems.size(), () -> "problems: " + problems);
        for (String one : expected) {
            assertTrue(problems.stream().anyMatch(problem -> problem.contains(one)), one + " in " + problems);
        }
    }
}
