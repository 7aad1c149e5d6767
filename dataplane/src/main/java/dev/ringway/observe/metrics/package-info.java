/** What Prometheus and the kubelet ask: the metrics, and whether the switch lives and forwards. */
package dev.ringway.observe.metrics;
