package dev.ringway.podnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a switch that has stopped has left in the node's kernel, for a node that is to go on without one. */
public final class HostRemoval {
    private HostRemoval() {
    }

    /**
     * Removes the node's own device, and with it addresses and routes, and the nftables rules.
     *
     * @param device name of the node's own device
     * @return what was removed
     */
    public static List<String> remove(String device) throws IOException {
        final List<String> removed = new ArrayList<>();
        for (String table : new String[] {HostRules.TABLE, HostServiceRules.TABLE}) {
            final String[] words = table.split(" ");
            if (Tool.run("", "nft", "list", "table", words[0], words[1]).status() == 0) {
                HostNetwork.nft("delete table " + table + "\n");
                removed.add("nftables table " + table);
            }
        }
        if (MarkedRoute.remove()) {
            removed.add("policy routing of mark " + MarkedRoute.MARK);
        }
        final Path here = Path.of("/sys/class/net", device);
        if (!Files.exists(here)) {
            return removed;
        }
        if (!Files.exists(here.resolve("tun_flags"))) {
            throw new IOException(device + " is no TUN device, and so none of a switch; it is left alone");
        }
        final Tool.Result result = Tool.run("", "ip", "link", "delete", device);
        if (result.status() != 0) {
            throw new IOException("ip link delete " + device + ": " + result.output().strip());
        }
        removed.add("device " + device);
        return removed;
    }
}
