package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.control.IpText;
import dev.ringway.control.store.Following;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.fib.OutsideClients;
import dev.ringway.service.Balance;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Objects as the API sends them, and the settings of node1. */
final class Objects {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final KubernetesSerialization CLIENT =
            new KubernetesSerialization(JsonMapper.builder().build(), false);

    private Objects() {
    }

    static KubernetesSettings settings(String apiServer, Path stateFile) {
        return settings(apiServer, null, stateFile);
    }

    static KubernetesSettings settings(String apiServer, Path kubeconfig, Path stateFile) {
        return new KubernetesSettings("node1", List.of(IpText.prefix("10.244.0.0/16"), IpText.prefix("fd00:244::/32")),
                List.of(IpText.prefix("10.96.0.0/16")), new VxlanSettings(1), 0, 0, OutsideClients.MASQUERADE,
                "0.1.0", apiServer, kubeconfig, stateFile);
    }

    static Following follow(KubernetesSettings settings) {
        return new Following(KubernetesSource.open(settings, Balance.RANDOM), "node1");
    }

    /** A file beside this class. */
    static ObjectNode resource(String name) {
        try (InputStream in = Objects.class.getResourceAsStream(name)) {
            return (ObjectNode) JSON.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the client hands it out. */
    static GenericKubernetesResource ofClient(ObjectNode object) {
        return CLIENT.unmarshal(object.toString(), GenericKubernetesResource.class);
    }

    static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Node n of a cluster of Ringway's, which has told of its tunnel end. */
    static ObjectNode node(int n) {
        final ObjectNode node = json(("{'kind':'Node','apiVersion':'v1','metadata':{'name':'node%d','uid':'n%d',"
                + "'creationTimestamp':'2026-11-01T08:00:00Z','labels':{'topology.kubernetes.io/zone':'zone-a'},"
                + "'annotations':{}},"
                + "'spec':{'podCIDR':'10.244.%d.0/24','podCIDRs':['10.244.%d.0/24']},'status':{'addresses':["
                + "{'type':'Hostname','address':'node%d'},{'type':'InternalIP','address':'172.30.0.%d'}]}}")
                .formatted(n, n, n, n, n, n));
        annotations(node).put(NodeAnnotations.MANAGED, "true").put(NodeAnnotations.TYPE, "vxlan")
                .put("flannel.alpha.coreos.com/public-ip", "172.30.0." + n)
                .put("flannel.alpha.coreos.com/backend-data", "{\"VNI\":1,\"VtepMAC\":\"02:00:00:00:00:%02x\"}"
                        .formatted(n)).put(NodeAnnotations.VERSION, "0.1.0");
        return node;
    }

    static ObjectNode annotations(ObjectNode object) {
        return (ObjectNode) object.get("metadata").get("annotations");
    }

    static ObjectNode service(String name, String clusterIp) {
        return json(("{'kind':'Service','apiVersion':'v1','metadata':{'name':'%s','namespace':'default','uid':'s-%s',"
                + "'labels':{}},'spec':{'type':'ClusterIP','clusterIP':'%s','clusterIPs':['%s'],'sessionAffinity':"
                + "'None','ports':[{'port':80,'protocol':'TCP','targetPort':8080}],'internalTrafficPolicy':'Cluster'}}")
                .formatted(name, name, clusterIp, clusterIp));
    }

    static ObjectNode slice(String service, String address) {
        return json(("{'kind':'EndpointSlice','apiVersion':'discovery.k8s.io/v1','metadata':{'name':'%s-1',"
                + "'namespace':'default','uid':'e-%s','labels':{'kubernetes.io/service-name':'%s'}},"
                + "'addressType':'IPv4','ports':[{'port':8080,'protocol':'TCP'}],'endpoints':[{'addresses':['%s'],"
                + "'conditions':{'ready':true},'nodeName':'node1'}]}").formatted(service, service, service, address));
    }
}
