package dev.ringway.service;

/** As what of a Service an address is known to clients. */
public enum Kind {
    CLUSTER_IP, NODE_PORT, EXTERNAL_IP, LOAD_BALANCER
}
