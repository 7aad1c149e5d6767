package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.fib.Prefix;
import java.util.ArrayList;
import java.util.List;

/** The key {@code cluster.serviceCidrs}: ranges apart from one another, from pods and from nodes. */
final class ServiceCidrsReader {
    private ServiceCidrsReader() {
    }

    static List<Prefix> read(Value list, List<Prefix> podCidrs, List<NodeSpec> nodes) {
        final List<Prefix> ranges = new ArrayList<>();
        for (Value item : list.items(null)) {
            final Prefix range = item.parsed("", IpText::prefix);
            if (range != null) {
                check(item, range, ranges, podCidrs, nodes);
                ranges.add(range);
            }
        }
        return ranges;
    }

    private static void check(Value item, Prefix range, List<Prefix> before, List<Prefix> podCidrs,
            List<NodeSpec> nodes) {
        final String text = IpText.text(range);
        final Prefix special = Ranges.forbiddenForPods(range);
        if (special != null) {
            item.refuse(text + " overlaps " + IpText.text(special) + ", which cluster IPs cannot be of");
        }
        for (Prefix other : before) {
            if (Ranges.overlap(range, other)) {
                item.refuse(text + " overlaps " + IpText.text(other));
            }
        }
        for (Prefix pods : podCidrs) {
            if (Ranges.overlap(range, pods)) {
                item.refuse(text + " overlaps the pods' range " + IpText.text(pods));
            }
        }
        for (NodeSpec node : nodes) {
            if (range.contains(node.address())) {
                item.refuse(text + " contains " + IpText.text(node.address()) + ", the address of " + node.name());
                return;
            }
        }
    }
}
