package dev.ringway.testing;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A finished packet as its receiver reads it: where things are, what they say, and whether it would be taken. For
 * packets that were meant to be right; IPv6 extension headers are walked.
 */
public record PacketView(byte[] bytes) {
    public int version() {
        return bytes[0] >> 4 & 0xF;
    }

    public int u8(int at) {
        return bytes[at] & 0xFF;
    }

    public int u16(int at) {
        return ByteBuffer.wrap(bytes).getShort(at) & 0xFFFF;
    }

    public int i32(int at) {
        return ByteBuffer.wrap(bytes).getInt(at);
    }

    public int protocol() {
        return walk()[1];
    }

    /** Offset of the upper-layer header. */
    public int l4() {
        return walk()[0];
    }

    private int[] walk() {
        if (version() == 4) {
            return new int[] {(bytes[0] & 0xF) * 4, u8(9)};
        }
        int at = 40;
        int next = u8(6);
        while (next == 0 || next == 43 || next == 44 || next == 51 || next == 60) {
            final int length = next == 44 ? 8 : next == 51 ? (u8(at + 1) + 2) * 4 : (u8(at + 1) + 1) * 8;
            next = u8(at);
            at += length;
        }
        return new int[] {at, next};
    }

    /** Offset of what TCP or UDP carries. */
    public int payloadAt() {
        return protocol() == PacketBuilder.TCP ? l4() + (u8(l4() + 12) >> 4) * 4 : l4() + 8;
    }

    public byte[] payload() {
        return Arrays.copyOfRange(bytes, payloadAt(), bytes.length);
    }

    public int tcpFlags() {
        return u8(l4() + 13);
    }

    public int sequence() {
        return i32(l4() + 4);
    }

    /** IPv4 flags and offset. */
    public int flagsAndOffset() {
        return u16(6);
    }

    public byte[] source() {
        return version() == 4 ? Arrays.copyOfRange(bytes, 12, 16) : Arrays.copyOfRange(bytes, 8, 24);
    }

    public byte[] destination() {
        return version() == 4 ? Arrays.copyOfRange(bytes, 16, 20) : Arrays.copyOfRange(bytes, 24, 40);
    }

    /** Addresses, protocol and ports in words: equal for packets whose order matters. */
    public String flow() {
        return Bytes.hex(source()) + ">" + Bytes.hex(destination()) + " " + protocol() + " "
                + Integer.toHexString(i32(l4()));
    }

    /** The pseudo header's sum, folded, not complemented. */
    public int pseudoSum() {
        return InternetChecksum.fold(InternetChecksum.sum(pseudoHeader()));
    }

    private byte[] pseudoHeader() {
        return InternetChecksum.pseudoHeader(source(), destination(), protocol(), bytes.length - l4());
    }

    /** Why a receiver would not take it: lengths and checksums of IP, TCP, UDP, ICMP; null if it would. */
    public String refusal() {
        final String lengths = lengthRefusal();
        if (lengths != null) {
            return lengths;
        }
        final int protocol = protocol();
        final boolean known = protocol == PacketBuilder.TCP || protocol == PacketBuilder.UDP
                || protocol == PacketBuilder.ICMP || protocol == PacketBuilder.ICMPV6;
        if (known) {
            final byte[] pseudo = protocol == PacketBuilder.ICMP ? new byte[0] : pseudoHeader();
            final byte[] upper = Arrays.copyOfRange(bytes, l4(), bytes.length);
            if (InternetChecksum.of(pseudo, upper) != 0) {
                return "checksum of protocol " + protocol + " is wrong";
            }
        }
        return null;
    }

    /** The part of {@link #refusal} that also holds while the upper layer's checksum is unfinished. */
    public String lengthRefusal() {
        if (version() == 4 && u16(2) != bytes.length || version() == 6 && 40 + u16(4) != bytes.length) {
            return "IP length is not " + bytes.length;
        }
        if (version() == 4 && InternetChecksum.of(Arrays.copyOf(bytes, l4())) != 0) {
            return "IP header checksum is wrong";
        }
        if (protocol() == PacketBuilder.UDP && u16(l4() + 4) != bytes.length - l4()) {
            return "UDP length is not " + (bytes.length - l4());
        }
        return null;
    }
}
