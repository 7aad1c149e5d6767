package dev.ringway.control.services;

/** {@code spec.type} of a Service. */
public enum ServiceType {
    CLUSTER_IP("ClusterIP"), NODE_PORT("NodePort"), LOAD_BALANCER("LoadBalancer"), EXTERNAL_NAME("ExternalName");

    private final String word;

    ServiceType(String word) {
        this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
        return word;
    }
}
