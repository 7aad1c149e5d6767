package dev.ringway.testing;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Builds IPv4 and IPv6 packets from the RFCs' header pictures and with a checksum loop of its own, so that it shares
 * no mistake with the code under test.
 */
public final class Packets {
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMP = 1;
    public static final int ICMPV6 = 58;

    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int CWR = 128;

    private final IpAddress source;
    private final IpAddress destination;
    private final int protocol;
    private int ttl = 64;
    private int tos;
    private int id = 0x1234;
    private int flagsAndOffset = 0x4000;
    private byte[] ipOptions = {};
    private byte[] l4Header = {};
    private byte[] payload = {};
    private int checksumAt = -1;

    private Packets(String source, String destination, int protocol) {
        this.source = IpText.address(source);
        this.destination = IpText.address(destination);
        this.protocol = protocol;
    }

    /** A UDP packet between ports 1000 and 2000 with this many bytes of payload. */
    public static Packets udp(String source, String destination, int payload) {
        final Packets packet = new Packets(source, destination, UDP).payload(pattern(payload));
        packet.l4Header = shorts(1000, 2000, 8 + payload, 0);
        packet.checksumAt = 6;
        return packet;
    }

    /** A TCP segment between ports 3000 and 80, sequence number 1, only ACK set. */
    public static Packets tcp(String source, String destination, int payload) {
        final Packets packet = new Packets(source, destination, TCP).payload(pattern(payload));
        packet.l4Header = shorts(3000, 80, 0, 1, 0, 1, 0x5000 | ACK, 0xFFFF, 0, 0);
        packet.checksumAt = 16;
        return packet;
    }

    /** A TCP SYN that announces this MSS. */
    public static Packets syn(String source, String destination, int mss) {
        final Packets packet = tcp(source, destination, 0);
        packet.l4Header = shorts(3000, 80, 0, 1, 0, 0, 0x7000 | SYN, 0xFFFF, 0, 0, 0x0204, mss, 0x0103, 0x0307);
        return packet;
    }

    /** An ICMP or ICMPv6 message, by the addresses' version. */
    public static Packets icmp(String source, String destination, int type, int code, int rest, byte[] body) {
        final boolean six = source.indexOf(':') >= 0;
        final Packets packet = new Packets(source, destination, six ? ICMPV6 : ICMP).payload(body);
        packet.l4Header = shorts(type << 8 | code, 0, rest >>> 16, rest & 0xFFFF);
        packet.checksumAt = 2;
        return packet;
    }

    /** A packet of some other protocol. */
    public static Packets other(String source, String destination, int protocol, byte[] body) {
        return new Packets(source, destination, protocol).payload(body);
    }

    public Packets ttl(int value) {
        ttl = value;
        return this;
    }

    public Packets tos(int value) {
        tos = value;
        return this;
    }

    public Packets id(int value) {
        id = value;
        return this;
    }

    /** Clears DF, or makes a fragment: flags and offset as in the header. */
    public Packets fragment(int value) {
        flagsAndOffset = value;
        return this;
    }

    public Packets ipOptions(byte... options) {
        ipOptions = options;
        return this;
    }

    public Packets payload(byte[] bytes) {
        payload = bytes;
        return this;
    }

    public Packets ports(int from, int to) {
        put(0, from);
        return put(2, to);
    }

    public Packets sequence(int value) {
        put(4, value >>> 16);
        return put(6, value & 0xFFFF);
    }

    public Packets flags(int tcpFlags) {
        return put(12, 0x5000 | tcpFlags);
    }

    /** No checksum at all: the field stays zero. */
    public Packets unchecked() {
        checksumAt = -1;
        return this;
    }

    private Packets put(int offset, int value) {
        l4Header[offset] = (byte) (value >> 8);
        l4Header[offset + 1] = (byte) value;
        return this;
    }

    /** Length of IP and upper-layer header. */
    public int headers() {
        return l4() + l4Header.length;
    }

    /** Offset of the upper-layer header. */
    public int l4() {
        return source.version() == 4 ? 20 + ipOptions.length : 40;
    }

    /** The packet with its checksums finished. */
    public byte[] bytes() {
        return build(true);
    }

    /** The packet as a kernel leaves it to its device: the pseudo header's sum in place of the checksum. */
    public byte[] unfinished() {
        return build(false);
    }

    /** The virtio_net_hdr of {@link #unfinished}: no super-packet. */
    public byte[] needsChecksum() {
        return vnet(1, 0, 0, 0, l4(), checksumAt);
    }

    /** The virtio_net_hdr of {@link #unfinished} as a super-packet of segments with this much payload. */
    public byte[] gso(int size) {
        final int type = protocol == UDP ? 5 : source.version() == 4 ? 1 : 4;
        return vnet(1, type, headers(), size, l4(), checksumAt);
    }

    public static byte[] vnet(int flags, int type, int headerLength, int size, int start, int offset) {
        return ByteBuffer.allocate(10).order(ByteOrder.nativeOrder()).put((byte) flags).put((byte) type)
                .putShort((short) headerLength).putShort((short) size).putShort((short) start)
                .putShort((short) offset).array();
    }

    private byte[] build(boolean finished) {
        final byte[] l4 = concat(l4Header, payload);
        if (checksumAt >= 0) {
            long sum = protocol == ICMP ? 0 : sum(pseudoHeader(l4.length));
            if (finished) {
                sum = ~fold(sum + sum(l4)) & 0xFFFF;
            }
            final int checksum = protocol == UDP && finished && sum == 0 ? 0xFFFF : fold(sum);
            l4[checksumAt] = (byte) (checksum >> 8);
            l4[checksumAt + 1] = (byte) checksum;
        }
        return concat(ipHeader(l4.length), l4);
    }

    private byte[] ipHeader(int l4Length) {
        if (source.version() == 6) {
            return ByteBuffer.allocate(40).putInt(6 << 28 | tos << 20).putShort((short) l4Length)
                    .put((byte) protocol).put((byte) ttl).put(address(source)).put(address(destination)).array();
        }
        final int length = 20 + ipOptions.length;
        final byte[] header = ByteBuffer.allocate(length).put((byte) (0x40 | length / 4)).put((byte) tos)
                .putShort((short) (length + l4Length)).putShort((short) id).putShort((short) flagsAndOffset)
                .put((byte) ttl).put((byte) protocol).putShort((short) 0).put(address(source))
                .put(address(destination)).put(ipOptions).array();
        final int checksum = ~fold(sum(header)) & 0xFFFF;
        header[10] = (byte) (checksum >> 8);
        header[11] = (byte) checksum;
        return header;
    }

    private byte[] pseudoHeader(int l4Length) {
        final byte[] from = address(source);
        return ByteBuffer.allocate(from.length * 2 + 8).put(from).put(address(destination)).putInt(l4Length)
                .putInt(protocol).array();
    }

    private static byte[] address(IpAddress address) {
        return address.version() == 4 ? ByteBuffer.allocate(4).putInt((int) (address.hi() >>> 32)).array()
                : ByteBuffer.allocate(16).putLong(address.hi()).putLong(address.lo()).array();
    }

    /** Sum of the 16-bit words, as RFC 1071 describes it. */
    public static long sum(byte[] bytes) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            sum += (bytes[i] & 0xFFL) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    public static int fold(long sum) {
        long folded = sum;
        while (folded >> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >> 16);
        }
        return (int) folded;
    }

    /** Bytes of which no two neighbours look alike. */
    public static byte[] pattern(int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) * 7 + 1);
        }
        return bytes;
    }

    public static byte[] concat(byte[]... parts) {
        final ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    public static byte[] shorts(int... values) {
        final ByteBuffer buffer = ByteBuffer.allocate(values.length * 2);
        for (int value : values) {
            buffer.putShort((short) value);
        }
        return buffer.array();
    }
}
