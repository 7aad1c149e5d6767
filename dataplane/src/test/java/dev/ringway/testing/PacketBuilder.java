package dev.ringway.testing;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds IPv4 and IPv6 packets from the header pictures of the RFCs, with a checksum loop of its own, so that it
 * shares no mistake with the code under test:
 *
 * <pre>
 *   PacketBuilder.of("10.0.0.1", "10.0.0.2").ttl(1).udp(1000, 2000).payload(Bytes.pattern(100)).bytes()
 *   PacketBuilder.of("fd00::1", "fd00::2").hopByHop().tcp(3000, 80).flags(SYN).tcpOptions(2, 4, 5, 180).bytes()
 * </pre>
 *
 * <p>Everything is right unless it was made wrong on purpose: {@link #checksum}, {@link #wrongIpChecksum},
 * {@link #totalLength}, {@link #headerLength}, {@link #trailing}. Addresses say the version. IPv4 packets have DF set
 * and identification 0x1234; TCP has sequence number 1 and only ACK set.
 */
public final class PacketBuilder {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    public static final int DF = 0x4000;
    public static final int MF = 0x2000;

    /** What the upper layer's checksum field holds. */
    public enum Checksum {
        /** The right sum. */
        VALID,
        /** The right sum with one bit turned over. */
        WRONG,
        /** Zero. */
        NONE,
        /** Only the pseudo header's, not complemented: left to the device (CHECKSUM_PARTIAL). */
        PARTIAL
    }

    private record Extension(int type, byte[] bytes) {
    }

    private final byte[] source;
    private final byte[] destination;
    private final List<Extension> extensions = new ArrayList<>();
    private int ttl = 64;
    private int tos;
    private int id = 0x1234;
    private int flagsAndOffset = DF;
    private int flowLabel;
    private byte[] options = {};
    private boolean wrongIpChecksum;
    private int totalLength = -1;
    private int headerLength = -1;
    private int protocol = 59;
    private byte[] l4 = {};
    private int checksumAt = -1;
    private Checksum checksum = Checksum.VALID;
    private byte[] payload = {};
    private byte[] trailing = {};

    private PacketBuilder(byte[] source, byte[] destination) {
        this.source = source;
        this.destination = destination;
    }

    /** A packet between two addresses of one version. */
    public static PacketBuilder of(String source, String destination) {
        return new PacketBuilder(InetAddress.ofLiteral(source).getAddress(),
                InetAddress.ofLiteral(destination).getAddress());
    }

    public PacketBuilder ttl(int value) {
        ttl = value;
        return this;
    }

    /** TOS or traffic class. */
    public PacketBuilder tos(int value) {
        tos = value;
        return this;
    }

    public PacketBuilder id(int value) {
        id = value;
        return this;
    }

    /** IPv4 flags and fragment offset as in the header: offset in units of 8 bytes. */
    public PacketBuilder fragment(int value) {
        flagsAndOffset = value;
        return this;
    }

    public PacketBuilder flowLabel(int value) {
        flowLabel = value;
        return this;
    }

    /** IPv4 options; the caller pads them to a multiple of 4. */
    public PacketBuilder options(int... bytes) {
        options = Bytes.of(bytes);
        return this;
    }

    public PacketBuilder wrongIpChecksum() {
        wrongIpChecksum = true;
        return this;
    }

    /** IPv4 total length or IPv6 payload length, where it should not be what it is. */
    public PacketBuilder totalLength(int value) {
        totalLength = value;
        return this;
    }

    /** IPv4 header length in bytes, where it should not be what it is. */
    public PacketBuilder headerLength(int value) {
        headerLength = value;
        return this;
    }

    /** Bytes behind the packet that its IP length does not count. */
    public PacketBuilder trailing(byte[] bytes) {
        trailing = bytes;
        return this;
    }

    /** An IPv6 extension header; its first byte, the next header, is filled in. */
    public PacketBuilder extension(int type, int... bytes) {
        extensions.add(new Extension(type, Bytes.of(bytes)));
        return this;
    }

    /** Hop-by-hop options with nothing but padding. */
    public PacketBuilder hopByHop() {
        return extension(0, 0, 0, 1, 4, 0, 0, 0, 0);
    }

    /** Destination options with nothing but padding. */
    public PacketBuilder destinationOptions() {
        return extension(60, 0, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** A routing header of this type with one address. */
    public PacketBuilder routing(int type) {
        return extension(43, 0, 2, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    }

    /** An authentication header with a 12-byte integrity check value. */
    public PacketBuilder authentication() {
        return extension(51, 0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    /** An IPv6 fragment header; the offset in bytes. */
    public PacketBuilder fragmentHeader(int offset, boolean more, int identification) {
        return extension(44, 0, 0, offset >> 8, offset | (more ? 1 : 0), identification >> 24, identification >> 16,
                identification >> 8, identification);
    }

    public PacketBuilder udp(int from, int to) {
        protocol = UDP;
        l4 = Bytes.shorts(from, to, 0, 0);
        checksumAt = 6;
        return this;
    }

    public PacketBuilder tcp(int from, int to) {
        protocol = TCP;
        l4 = Bytes.shorts(from, to, 0, 1, 0, 1, 0x5000 | ACK, 0xFFFF, 0, 0);
        checksumAt = 16;
        return this;
    }

    /** Other ports than those it was made with. */
    public PacketBuilder ports(int from, int to) {
        ByteBuffer.wrap(l4).putShort((short) from).putShort((short) to);
        return this;
    }

    /** TCP options behind those there are; the caller pads them to a multiple of 4. */
    public PacketBuilder tcpOptions(int... bytes) {
        l4 = Bytes.concat(l4, Bytes.of(bytes));
        l4[12] = (byte) (l4.length / 4 << 4);
        return this;
    }

    public PacketBuilder sequence(int value) {
        ByteBuffer.wrap(l4).putInt(4, value);
        return this;
    }

    public PacketBuilder acknowledgment(int value) {
        ByteBuffer.wrap(l4).putInt(8, value);
        return this;
    }

    public PacketBuilder flags(int value) {
        l4[13] = (byte) value;
        return this;
    }

    public PacketBuilder window(int value) {
        ByteBuffer.wrap(l4).putShort(14, (short) value);
        return this;
    }

    /** TCP data offset in bytes, where it should not be what it is. */
    public PacketBuilder dataOffset(int bytes) {
        l4[12] = (byte) (bytes / 4 << 4);
        return this;
    }

    /** ICMP or, between IPv6 addresses, ICMPv6; {@code rest} is the second word. */
    public PacketBuilder icmp(int type, int code, int rest) {
        protocol = source.length == 4 ? ICMP : ICMPV6;
        l4 = Bytes.shorts(type << 8 | code, 0, rest >>> 16, rest);
        checksumAt = 2;
        return this;
    }

    /** Only a payload of some protocol. */
    public PacketBuilder raw(int ofProtocol) {
        protocol = ofProtocol;
        l4 = new byte[0];
        checksumAt = -1;
        return this;
    }

    public PacketBuilder payload(byte[] bytes) {
        payload = bytes;
        return this;
    }

    public PacketBuilder checksum(Checksum kind) {
        checksum = kind;
        return this;
    }

    /** Offset of the upper-layer header. */
    public int l4() {
        return source.length == 4 ? 20 + options.length
                : 40 + extensions.stream().mapToInt(extension -> extension.bytes.length).sum();
    }

    /** Offset of the payload. */
    public int headers() {
        return l4() + l4.length;
    }

    /** The virtio_net_hdr of this as a super-packet of segments with this much payload. */
    public byte[] superHeader(int gsoSize) {
        final int type = protocol == UDP ? Virtio.UDP_L4 : source.length == 4 ? Virtio.TCPV4 : Virtio.TCPV6;
        return new Virtio(Virtio.NEEDS_CSUM, type, headers(), gsoSize, l4(), checksumAt).bytes();
    }

    /** The virtio_net_hdr of this as one packet with an unfinished checksum. */
    public byte[] unfinishedHeader() {
        return new Virtio(Virtio.NEEDS_CSUM, 0, 0, 0, l4(), checksumAt).bytes();
    }

    public byte[] bytes() {
        final byte[] upper = Bytes.concat(l4, payload);
        if (protocol == UDP && l4.length == 8) {
            ByteBuffer.wrap(upper).putShort(4, (short) upper.length);
        }
        if (checksumAt >= 0) {
            ByteBuffer.wrap(upper).putShort(checksumAt, (short) checksumOf(upper));
        }
        return source.length == 4 ? Bytes.concat(header4(upper.length), upper, trailing)
                : Bytes.concat(headers6(upper.length), upper, trailing);
    }

    /** {@link #bytes} with {@link Checksum#PARTIAL}: as a kernel leaves it to its device. */
    public byte[] unfinished() {
        final Checksum kind = checksum;
        checksum = Checksum.PARTIAL;
        final byte[] packet = bytes();
        checksum = kind;
        return packet;
    }

    private int checksumOf(byte[] upper) {
        final byte[] pseudo = protocol == ICMP ? new byte[0]
                : InternetChecksum.pseudoHeader(source, destination, protocol, upper.length);
        final int right = InternetChecksum.of(pseudo, upper);
        return switch (checksum) {
            case VALID -> protocol == UDP && right == 0 ? 0xFFFF : right;
            case WRONG -> right ^ 0x0100;
            case NONE -> 0;
            case PARTIAL -> InternetChecksum.fold(InternetChecksum.sum(pseudo));
        };
    }

    private byte[] header4(int upper) {
        final int length = 20 + options.length;
        final byte[] header = ByteBuffer.allocate(length)
                .put((byte) (0x40 | (headerLength < 0 ? length : headerLength) / 4)).put((byte) tos)
                .putShort((short) (totalLength < 0 ? length + upper : totalLength)).putShort((short) id)
                .putShort((short) flagsAndOffset).put((byte) ttl).put((byte) protocol).putShort((short) 0)
                .put(source).put(destination).put(options).array();
        ByteBuffer.wrap(header).putShort(10, (short) (InternetChecksum.of(header) ^ (wrongIpChecksum ? 1 : 0)));
        return header;
    }

    private byte[] headers6(int upper) {
        final int behind = l4() - 40 + upper;
        final ByteBuffer headers = ByteBuffer.allocate(l4()).putInt(6 << 28 | tos << 20 | flowLabel)
                .putShort((short) (totalLength < 0 ? behind : totalLength)).put((byte) next(0)).put((byte) ttl)
                .put(source).put(destination);
        for (int i = 0; i < extensions.size(); i++) {
            final int at = headers.position();
            headers.put(extensions.get(i).bytes).put(at, (byte) next(i + 1));
        }
        return headers.array();
    }

    private int next(int i) {
        return i < extensions.size() ? extensions.get(i).type : protocol;
    }
}
