/**
 * The CNI plugin's place. What comes here: the client that kubelet's container runtime starts for ADD, DEL, CHECK and
 * GC, and that asks the node's switch over its unix socket to connect or disconnect one pod. It holds no state.
 */
package dev.ringway.cni;
