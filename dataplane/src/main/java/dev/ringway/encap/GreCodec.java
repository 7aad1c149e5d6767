package dev.ringway.encap;

import dev.ringway.packet.DropReason;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.Ethernet;
import dev.ringway.wire.GreInUdp;
import dev.ringway.wire.Memory;

/**
 * GRE in UDP (RFC 8086) with an optional key (RFC 2890). Sends neither checksum (the UDP checksum covers all) nor
 * sequence number (many queues, no order); accepts the former and verifies it, and skips the latter.
 */
public final class GreCodec implements TunnelCodec {
    private final boolean keyed;
    private final int key;

    public GreCodec(boolean keyed, int key) {
        this.keyed = keyed;
        this.key = key;
    }

    @Override
    public int headerLength() {
        return keyed ? 8 : 4;
    }

    @Override
    public void write(long at, int ipVersion, long peerMac) {
        Memory.putShortBe(at + GreInUdp.FLAGS, keyed ? GreInUdp.KEY_PRESENT : 0);
        Memory.putShortBe(at + GreInUdp.PROTOCOL, ipVersion == 4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6);
        if (keyed) {
            Memory.putIntBe(at + GreInUdp.keyOffset(GreInUdp.KEY_PRESENT), key);
        }
    }

    @Override
    public DropReason read(Decapsulated result, long at, int length) {
        if (length < GreInUdp.MIN_LENGTH) {
            return DropReason.MALFORMED_TUNNEL;
        }
        final int flags = Memory.getShortBe(at + GreInUdp.FLAGS);
        if ((flags & (GreInUdp.MUST_BE_ZERO | GreInUdp.VERSION_MASK)) != 0) {
            return DropReason.GRE_FLAGS;
        }
        final int header = GreInUdp.length(flags);
        if (length < header) {
            return DropReason.MALFORMED_TUNNEL;
        }
        if ((flags & GreInUdp.CHECKSUM_PRESENT) != 0 && Checksum.fold(Checksum.sum(at, length, 0)) != 0xFFFF) {
            return DropReason.GRE_CHECKSUM;
        }
        final boolean hasKey = (flags & GreInUdp.KEY_PRESENT) != 0;
        if (hasKey != keyed || keyed && Memory.getIntBe(at + GreInUdp.keyOffset(flags)) != key) {
            return DropReason.GRE_KEY;
        }
        final int protocol = Memory.getShortBe(at + GreInUdp.PROTOCOL);
        if (protocol != Ethernet.TYPE_IPV4 && protocol != Ethernet.TYPE_IPV6) {
            return DropReason.INNER_TYPE;
        }
        result.content = Decapsulated.Content.IP;
        result.inner = at + header;
        result.length = length - header;
        return null;
    }
}
