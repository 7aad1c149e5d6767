package dev.ringway.control;

import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.linux.Fd;
import dev.ringway.tun.TunOffloads;
import dev.ringway.tun.TunPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Wanted state for tests. */
final class Clusters {
    private Clusters() {
    }

    static NodeSpec node(int number) {
        return new NodeSpec("node" + number, IpText.address("172.30.0." + number),
                List.of(IpText.prefix("10.244." + number + ".0/24"), IpText.prefix("fd00:244:" + number + "::/64")),
                MacAddress.ofNode("node" + number), 0);
    }

    static ClusterSpec of(NodeSpec... nodes) {
        return new ClusterSpec(List.of(IpText.prefix("10.244.0.0/16"), IpText.prefix("fd00:244::/32")), List.of(),
                List.of(nodes));
    }

    static PodSpec pod(String name, String... addresses) {
        final List<IpAddress> list = new ArrayList<>();
        for (String address : addresses) {
            list.add(IpText.address(address));
        }
        return new PodSpec(name, Path.of("/run/netns/" + name.replace('/', '-')), "eth0", list);
    }

    static TunPort port(int number, String name) {
        return new TunPort(number, name, "eth0", new Fd(-1), TunOffloads.ALL, 1450, name.equals("host"), 0, 1);
    }

    static Prefix only(String address) {
        return IpText.address(address).asPrefix();
    }
}
