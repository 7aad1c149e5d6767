package dev.ringway.tun;

/**
 * Bandwidth limits of a pod, as the CNI conventions' {@code bandwidth} has them; 0 means no limit.
 *
 * @param ingressBitsPerSecond rate towards the pod
 * @param ingressBurstBits     what may go above it at once
 * @param egressBitsPerSecond  rate from the pod
 * @param egressBurstBits      what may go above it at once
 */
public record Shaping(long ingressBitsPerSecond, long ingressBurstBits, long egressBitsPerSecond,
        long egressBurstBits) {
    public static final Shaping NONE = new Shaping(0, 0, 0, 0);

    public Shaping {
        if (ingressBitsPerSecond < 0 || ingressBurstBits < 0 || egressBitsPerSecond < 0 || egressBurstBits < 0) {
            throw new IllegalArgumentException("a rate or burst is negative");
        }
    }
}
