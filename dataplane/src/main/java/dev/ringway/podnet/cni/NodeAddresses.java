package dev.ringway.podnet.cni;

import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.control.SnapshotPublisher;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.AddressRange;
import dev.ringway.ipam.Lease;
import dev.ringway.ipam.RangeSet;
import java.util.ArrayList;
import java.util.List;

/** This node's own ranges, which may change while it runs. Any thread. */
final class NodeAddresses {
    private final SnapshotPublisher publisher;
    private final List<RangeSet> configured;

    /** @param configured empty: one set of each IP version, of all podCidrs */
    NodeAddresses(SnapshotPublisher publisher, List<RangeSet> configured) {
        this.publisher = publisher;
        this.configured = List.copyOf(configured);
    }

    List<Prefix> podCidrs() {
        return publisher.view().self().podCidrs();
    }

    List<RangeSet> ranges() {
        if (!configured.isEmpty()) {
            return configured;
        }
        final List<RangeSet> sets = new ArrayList<>();
        for (int version = 4; version <= 6; version += 2) {
            final List<AddressRange> ranges = new ArrayList<>();
            for (Prefix range : podCidrs()) {
                if (range.version() == version) {
                    ranges.add(AddressRange.of(range));
                }
            }
            if (!ranges.isEmpty()) {
                sets.add(new RangeSet(ranges));
            }
        }
        return sets;
    }

    boolean isGateway(IpAddress address) {
        return publisher.view().self().gateways().contains(address);
    }

    /** Refuses addresses of another IPAM plugin that packets would not find their way to, or that are the node's. */
    void requireUsable(List<Lease> leases) throws CniException {
        final NodeSpec self = publisher.view().self();
        for (Lease lease : leases) {
            final IpAddress address = lease.address();
            final Prefix range = self.podCidrs().stream()
                    .filter(cidr -> cidr.contains(address)).findFirst().orElse(null);
            if (range == null) {
                throw new CniException(CniException.INVALID_CONFIG, "the IPAM plugin gave " + IpText.text(address)
                        + ", which lies in none of this node's podCidrs", "no other node would know the way: "
                        + String.join(", ", self.podCidrs().stream().map(IpText::text).toList()));
            }
            if (isGateway(address)) {
                throw new CniException(CniException.INVALID_CONFIG, "the IPAM plugin gave " + IpText.text(address)
                        + ", this node's gateway");
            }
        }
    }
}
