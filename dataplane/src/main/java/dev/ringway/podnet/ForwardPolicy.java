package dev.ringway.podnet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks whether another firewall of the node drops what it forwards. An accept of ours could not undo that: every base
 * chain of the forward hook must let a packet pass, so that all we can do is to tell the operator.
 */
public final class ForwardPolicy {
    private ForwardPolicy() {
    }

    /** The nftables chains (iptables-nft's among them) that drop forwarded packets by default. */
    public static List<String> droppingChains() throws IOException {
        return droppingChains(Tool.run("", "nft", "list", "chains").output());
    }

    /** @param listing what {@code nft list chains} prints */
    static List<String> droppingChains(String listing) {
        final List<String> dropping = new ArrayList<>();
        String table = "";
        String chain = "";
        for (String line : listing.split("\n")) {
            final String text = line.strip();
            if (text.startsWith("table ")) {
                table = text.substring("table ".length()).replace(" {", "");
            } else if (text.startsWith("chain ")) {
                chain = text.substring("chain ".length()).replace(" {", "");
            } else if (text.startsWith("type filter hook forward ") && text.contains("policy drop;")) {
                dropping.add(table + " " + chain);
            }
        }
        return dropping;
    }
}
