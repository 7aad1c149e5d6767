package dev.ringway.control.etcd;

import dev.ringway.control.IpText;
import dev.ringway.control.store.Following;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Settings of node1, node2 and so on, and what people put into etcd. Values are set before {@link #settings}. */
final class Hosts {
    final Path directory;
    List<String> endpoints;
    List<Prefix> podCidrs = prefixes("10.244.0.0/16", "fd00:244::/48");
    List<Prefix> nodePodCidrs = List.of();
    int graceSeconds = 60;
    String user;
    String password;
    Path ca;
    Path cert;
    Path key;

    Hosts(Path directory, String endpoint) {
        this.directory = directory;
        endpoints = List.of(endpoint);
    }

    static List<Prefix> prefixes(String... texts) {
        return Stream.of(texts).map(IpText::prefix).toList();
    }

    EtcdSettings settings(int n) {
        return new EtcdSettings("node" + n, podCidrs, prefixes("10.96.0.0/16"), nodePodCidrs,
                IpText.address("172.30.0." + n), "zone-a", 0, OutsideClients.MASQUERADE, "0.1.0", endpoints,
                "/ringway", user, password, ca, cert, key, 2, graceSeconds,
                directory.resolve("state" + n + "/etcd.json"));
    }

    Following follow(int n) {
        return new Following(EtcdSource.open(settings(n), Balance.RANDOM), "node" + n);
    }

    static String node(int n) {
        return "{\"address\":\"172.30.0.%d\",\"podCidrs\":[\"10.244.%d.0/24\"],\"mac\":\"02:00:00:00:00:%02x\"}"
                .formatted(n, n, n);
    }

    /** As kubectl get -o json prints it. */
    static String service(String name, String clusterIp) {
        return """
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "%s", "namespace": "default",
                 "creationTimestamp": null, "labels": {}}, "spec": {"clusterIP": "%s", "clusterIPs": ["%s"],
                 "ports": [{"port": 80, "protocol": "TCP", "targetPort": 8080}], "sessionAffinity": "None",
                 "type": "ClusterIP"}, "status": {"loadBalancer": {}}}
                """.formatted(name, clusterIp, clusterIp);
    }

    /** As kubectl get -o yaml prints it. */
    static String slice(String service, String... addresses) {
        final StringBuilder text = new StringBuilder("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s-1
                  namespace: default
                  labels:
                    kubernetes.io/service-name: %s
                addressType: IPv4
                ports:
                - name: ""
                  port: 8080
                  protocol: TCP
                endpoints:
                """.formatted(service, service));
        for (String address : addresses) {
            text.append("- addresses: [").append(address).append("]\n  conditions: {ready: true}\n");
        }
        return text.toString();
    }
}
