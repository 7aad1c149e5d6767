package dev.ringway.shard;

import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;

/**
 * Addresses that may not cross a router: martians (RFC 1812 sec. 5.3.7, RFC 6890) and what belongs to a single link.
 * IPv4's link-local range is routed like others, as by Linux, since there are servers in it that pods need: a node's
 * DNS cache (169.254.20.10), clouds' instance data (169.254.169.254). No other node has a route to them.
 */
final class AddressRules {
    private AddressRules() {
    }

    /** Null if the packet may pass, else why it must be dropped. */
    static DropReason check(Packet p) {
        return p.version == 4 ? check4((int) (p.sourceHi >>> 32), (int) (p.destinationHi >>> 32)) : check6(p);
    }

    private static DropReason check4(int source, int destination) {
        final int from = source >>> 24;
        final int to = destination >>> 24;
        if (to >= 224) {
            return (to & 0xF0) == 240 && destination != -1 ? DropReason.MARTIAN_DESTINATION : DropReason.LINK_SCOPE;
        }
        if (from == 0 || from == 127 || from >= 224) {
            return DropReason.MARTIAN_SOURCE;
        }
        return to == 0 || to == 127 ? DropReason.MARTIAN_DESTINATION : null;
    }

    private static DropReason check6(Packet p) {
        final long source = p.sourceHi;
        final long destination = p.destinationHi;
        // ff00::/8, fe80::/10 and the unspecified source of neighbour discovery.
        if (destination >>> 56 == 0xFF || destination >>> 54 == 0x3FA || source >>> 54 == 0x3FA) {
            return DropReason.LINK_SCOPE;
        }
        if (source >>> 56 == 0xFF || source == 0 && embedded(p.sourceLo)) {
            return DropReason.MARTIAN_SOURCE;
        }
        return destination == 0 && embedded(p.destinationLo) ? DropReason.MARTIAN_DESTINATION : null;
    }

    /** ::, ::1 and the IPv4-mapped ::ffff:0:0/96. */
    private static boolean embedded(long lo) {
        return lo == 0 || lo == 1 || lo >>> 32 == 0xFFFF;
    }
}
