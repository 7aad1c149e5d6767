package dev.ringway.agent;

import dev.ringway.config.HostConfig;
import dev.ringway.config.SourceConfig;
import dev.ringway.config.SwitchConfig;
import dev.ringway.control.ClusterSpec;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.PodSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a changed file means for a running switch.
 *
 * @param config      what holds from now on: topology, pods, masquerade and cleanup of the new file, the rest as it is
 * @param restartKeys changed keys that only a restart brings into force
 */
record Reload(SwitchConfig config, List<String> restartKeys) {
    static Reload of(SwitchConfig running, SwitchConfig file) {
        final List<String> keys = new ArrayList<>();
        compare(keys, "underlay.interface", running.underlayInterface(), file.underlayInterface());
        compare(keys, "encap.type/vni/key", running.encap().tunnel(), file.encap().tunnel());
        compare(keys, "encap.port", running.encap().port(), file.encap().port());
        compare(keys, "encap.dscp", running.encap().uniformDscp(), file.encap().uniformDscp());
        compare(keys, "encap.checksum", running.encap().checksum(), file.encap().checksum());
        compare(keys, "mtu", running.mtu(), file.mtu());
        compare(keys, "host.interface", running.host().interfaceName(), file.host().interfaceName());
        compare(keys, "threading", running.threading(), file.threading());
        compare(keys, "rings.slots", running.ringSlots(), file.ringSlots());
        compare(keys, "sockets", running.sockets(), file.sockets());
        compare(keys, "offload.tun", running.tunOffload(), file.tunOffload());
        compare(keys, "control.socket", running.controlSocket(), file.controlSocket());
        compare(keys, "cni", running.cni(), file.cni());
        compare(keys, "services", running.services(), file.services());
        compare(keys, "metrics.listen", running.metrics(), file.metrics());
        compare(keys, "log.format", running.jsonLog(), file.jsonLog());
        compare(keys, "cluster.source and its section", running.source(), file.source());
        ClusterSpec cluster = running.cluster();
        List<PodSpec> pods = running.pods();
        final String ownAddress = "cluster.nodes[" + running.node() + "].address";
        if (!running.node().equals(file.node())) {
            // Its ranges and pods are another node's: nothing of them can hold here.
            keys.add("node");
        } else if (!(file.source() instanceof SourceConfig.Files) || !file.source().equals(running.source())) {
            // Nodes come from elsewhere.
            compare(keys, "cluster.podCidrs", cluster.podCidrs(), file.cluster().podCidrs());
            compare(keys, "cluster.serviceCidrs", cluster.serviceCidrs(), file.cluster().serviceCidrs());
            pods = file.pods();
        } else if (running.self().address().version() != file.self().address().version()) {
            // The sockets of the one IP version reach none of the peers of the other.
            keys.add(ownAddress);
        } else {
            compare(keys, ownAddress, running.self().address(), file.self().address());
            compare(keys, "cluster.nodes[" + running.node() + "].mac", running.self().mac(), file.self().mac());
            cluster = settled(running.self(), file.cluster());
            pods = file.pods();
        }
        return new Reload(new SwitchConfig(running.node(), cluster, running.source(), running.underlayInterface(),
                running.encap(), running.mtu(),
                new HostConfig(running.host().interfaceName(), file.host().masquerade()), pods, running.threading(),
                running.ringSlots(), running.sockets(), running.tunOffload(),
                running.controlSocket(), running.cni(), running.services(), running.metrics(), running.jsonLog(),
                file.removeAtStop()), keys);
    }

    /** The new cluster, in which this node keeps the address its sockets are bound to and the MAC it answers with. */
    static ClusterSpec settled(NodeSpec self, ClusterSpec next) {
        final List<NodeSpec> nodes = new ArrayList<>();
        for (NodeSpec node : next.nodes()) {
            nodes.add(!node.name().equals(self.name()) ? node : new NodeSpec(self.name(), self.address(),
                    node.podCidrs(), self.mac(), node.mtu(), node.outsideClients()));
        }
        return new ClusterSpec(next.podCidrs(), next.serviceCidrs(), nodes);
    }

    private static void compare(List<String> keys, String key, Object running, Object file) {
        if (!Objects.equals(running, file)) {
            keys.add(key);
        }
    }
}
