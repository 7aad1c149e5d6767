package dev.ringway.control.services;

/** Why no client can reach a Service by this node's tables. */
public enum NotServed {
    EXTERNAL_NAME("ExternalName", "it is only a name in the cluster's DNS"),
    FOREIGN_PROXY("another proxy's", "its label service.kubernetes.io/service-proxy-name leaves it to another proxy"),
    HEADLESS("headless", "it has no cluster IP, clients get its pods' addresses from DNS"),
    WAITING("new", "it is not in force yet");

    private final String word;
    private final String reason;

    NotServed(String word, String reason) {
        this.word = word;
        this.reason = reason;
    }

    /** A word for people. */
    public String word() {
        return word;
    }

    /** A sentence for people. */
    public String reason() {
        return reason;
    }

    /** @param service one that is not in the tables */
    static NotServed of(ServiceSpec service) {
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            return EXTERNAL_NAME;
        }
        if (service.foreignProxy()) {
            return FOREIGN_PROXY;
        }
        if (service.clusterIps().isEmpty()) {
            return HEADLESS;
        }
        return WAITING;
    }
}
