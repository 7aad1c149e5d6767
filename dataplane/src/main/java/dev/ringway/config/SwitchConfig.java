package dev.ringway.config;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything that one node's switch is told, read once and checked. What the keys mean: conf/ringway.yaml.
 *
 * @param node              this node's name
 * @param cluster           as far as the file tells: with another source it has no nodes, see {@link #with}
 * @param source            where nodes and Services come from
 * @param underlayInterface name, or null: the interface that carries the node's address
 * @param mtu               pods' MTU in bytes, or 0: what the underlay leaves
 * @param pods              static pods
 * @param ringSlots         power of two
 * @param tunOffload        negotiate offloads of TUN devices
 * @param controlSocket     absolute path
 * @param cni               pods that a container runtime connects
 * @param metrics           where metrics and health are asked for, or null: nowhere
 * @param jsonLog           the log's lines are JSON
 * @param removeAtStop      remove devices, routes and rules at a clean stop
 */
public record SwitchConfig(String node, ClusterSpec cluster, SourceConfig source, String underlayInterface,
        EncapConfig encap, int mtu, HostConfig host, List<PodSpec> pods, ThreadingConfig threading, int ringSlots,
        SocketsConfig sockets, boolean tunOffload, Path controlSocket, CniConfig cni, ServicesConfig services,
        InetSocketAddress metrics, boolean jsonLog, boolean removeAtStop) {
    public SwitchConfig {
        pods = List.copyOf(pods);
    }

    /** Reads and checks a file; the exception tells everything that is wrong with it. */
    public static SwitchConfig read(Path file) throws ConfigException {
        return SwitchConfigReader.read(file, ConfigTree.read(file));
    }

    /** The same with the nodes that its source knows. */
    public SwitchConfig with(ClusterSpec known) {
        return new SwitchConfig(node, known, source, underlayInterface, encap, mtu, host, pods, threading, ringSlots,
                sockets, tunOffload, controlSocket, cni, services, metrics, jsonLog, removeAtStop);
    }

    /** This node's own entry in the cluster; null while no source has told of it. */
    public NodeSpec self() {
        return cluster.node(node);
    }
}
