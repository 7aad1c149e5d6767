/**
 * The CNI plugin's Java client: one process an operation, started by the launcher {@code ringway-cni}. It checks the
 * process contract of the CNI specification, runs a delegated IPAM plugin where the network asks for one, and hands
 * the operation to the node's switch over its unix socket. It holds no state and has one thread of its own, besides a
 * guard that ends a wait that is too long.
 *
 * <p>Start-up time is what counts here: nothing but {@code java.base}, no streams, lambdas or regular expressions.
 */
package dev.ringway.cni;
