/**
 * Kubernetes as the control plane: Nodes, Services and EndpointSlices as its API has them, and what this node tells of
 * itself. The one package with types of a Kubernetes client, and none of them is loaded unless this source is used.
 */
package dev.ringway.control.kubernetes;
