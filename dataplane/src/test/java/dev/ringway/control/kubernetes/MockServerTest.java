package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.control.store.Following;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source beside a client that writes typed objects, by the client library's own server. */
@EnableKubernetesMockClient(crud = true, https = false)
class MockServerTest {
    @TempDir
    private Path directory;
    // Both are set by the extension.
    private KubernetesMockServer server;
    private KubernetesClient client;

    private void createNode(int n) {
        client.nodes().resource(new NodeBuilder().withNewMetadata().withName("node" + n)
                .withAnnotations(Map.of(NodeAnnotations.MANAGED, "true", NodeAnnotations.TYPE, "vxlan",
                        "flannel.alpha.coreos.com/public-ip", "172.30.0." + n,
                        "flannel.alpha.coreos.com/backend-data",
                        "{\"VNI\":1,\"VtepMAC\":\"02:00:00:00:00:0" + n + "\"}"))
                .endMetadata().withNewSpec().withPodCIDR("10.244." + n + ".0/24")
                .withPodCIDRs("10.244." + n + ".0/24").endSpec().withNewStatus().addNewAddress()
                .withType("InternalIP").withAddress("172.30.0." + n).endAddress().endStatus().build()).create();
    }

    private void createService(String name, String address) {
        client.services().inNamespace("default").resource(new ServiceBuilder().withNewMetadata().withName(name)
                .endMetadata().withNewSpec().withType("ClusterIP").withClusterIP(address).withClusterIPs(address)
                .addNewPort().withPort(80).withProtocol("TCP").withNewTargetPort(8080).endPort().endSpec().build())
                .create();
    }

    private void createSlice(String service, String... addresses) {
        client.discovery().v1().endpointSlices().inNamespace("default").resource(new EndpointSliceBuilder()
                .withNewMetadata().withName(service + "-1").withLabels(Map.of("kubernetes.io/service-name", service))
                .endMetadata().withAddressType("IPv4").addNewPort().withPort(8080).withProtocol("TCP").endPort()
                .withEndpoints(List.of(addresses).stream().map(address ->
                        new EndpointBuilder().withAddresses(address)
                                .withNewConditions().withReady(true).endConditions().build()).toList()).build())
                .create();
    }

    @Test
    void typedObjects() {
        createNode(1);
        createNode(2);
        createService("a", "10.96.0.1");
        createSlice("a", "10.244.1.5", "10.244.2.5");
        try (Following following = Objects.follow(Objects.settings("http://localhost:" + server.getPort(),
                directory.resolve("kubernetes.json")))) {
            following.await("first state", () -> following.peers().equals(List.of("node2"))
                    && following.backends("10.96.0.1") == 2 && following.source.isConnected());
            createNode(3);
            createService("b", "10.96.0.2");
            createSlice("b", "10.244.3.5");
            following.await("what was created", () -> following.peers().size() == 2
                    && following.backends("10.96.0.2") == 1);
            client.discovery().v1().endpointSlices().inNamespace("default").withName("a-1").edit(slice ->
                    new EndpointSliceBuilder(slice).removeFromEndpoints(slice.getEndpoints().getFirst()).build());
            client.nodes().withName("node3").delete();
            following.await("what was changed", () -> following.backends("10.96.0.1") == 1
                    && following.peers().size() == 1);
            client.services().inNamespace("default").withName("b").delete();
            following.await("the deletion", () -> following.backends("10.96.0.2") == -1);
            assertEquals(List.of(), following.source.warnings());
        }
    }
}
