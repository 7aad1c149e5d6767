package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.util.List;

/** Which addresses may be what (RFC 6890), and how ranges lie to each other. */
final class Ranges {
    private static final List<Prefix> NO_PODS = List.of(
            IpText.prefix("0.0.0.0/8"), IpText.prefix("127.0.0.0/8"), IpText.prefix("169.254.0.0/16"),
            IpText.prefix("224.0.0.0/3"), IpText.prefix("::/8"), IpText.prefix("fe80::/10"), IpText.prefix("ff00::/8"));
    private static final List<Prefix> NO_NODE = List.of(
            IpText.prefix("0.0.0.0/8"), IpText.prefix("224.0.0.0/3"), IpText.prefix("::/128"),
            IpText.prefix("fe80::/10"), IpText.prefix("ff00::/8"));

    private Ranges() {
    }

    static boolean overlap(Prefix a, Prefix b) {
        return a.contains(b) || b.contains(a);
    }

    /** The first range that contains the address, or null. */
    static Prefix around(List<Prefix> ranges, IpAddress address) {
        for (Prefix range : ranges) {
            if (range.contains(address)) {
                return range;
            }
        }
        return null;
    }

    /** The special range that pods' addresses would share, or null. */
    static Prefix forbiddenForPods(Prefix range) {
        for (Prefix special : NO_PODS) {
            if (overlap(special, range)) {
                return special;
            }
        }
        return null;
    }

    /** True for an address that a node can have on the underlay. */
    static boolean isNodeAddress(IpAddress address) {
        return around(NO_NODE, address) == null;
    }

    /** The last address of an IPv4 range: its broadcast address. */
    static IpAddress broadcast(Prefix range) {
        return new IpAddress(4, range.hi() | ~Prefix.maskHi(range.length()) & 0xFFFF_FFFF_0000_0000L, 0);
    }

    static IpAddress first(Prefix range) {
        return new IpAddress(range.version(), range.hi(), range.lo());
    }
}
