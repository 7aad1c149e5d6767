/**
 * etcd as the control plane of hosts without Kubernetes: nodes, their ranges of pods, Services and EndpointSlices as
 * keys, in the layout of docs/etcd.md. The one package with types of an etcd client, and none of them is loaded unless
 * this source is used.
 */
package dev.ringway.control.etcd;
