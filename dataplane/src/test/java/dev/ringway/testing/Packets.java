package dev.ringway.testing;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The packets that tests of whole paths are full of, each in one call; {@link PacketBuilder} changes what differs. */
public final class Packets {
    private Packets() {
    }

    /** UDP from port 1000 to 2000 with this many bytes of payload. */
    public static PacketBuilder udp(String source, String destination, int payload) {
        return PacketBuilder.of(source, destination).udp(1000, 2000).payload(Bytes.pattern(payload));
    }

    /** A TCP segment from port 3000 to 80, sequence number 1, only ACK set. */
    public static PacketBuilder tcp(String source, String destination, int payload) {
        return PacketBuilder.of(source, destination).tcp(3000, 80).payload(Bytes.pattern(payload));
    }

    /** A TCP SYN from port 3000 to 80 that announces this MSS. */
    public static PacketBuilder syn(String source, String destination, int mss) {
        return PacketBuilder.of(source, destination).tcp(3000, 80).flags(PacketBuilder.SYN)
                .tcpOptions(2, 4, mss >> 8, mss, 1, 3, 3, 7);
    }

    /** ICMP or ICMPv6, by the addresses' version. */
    public static PacketBuilder icmp(String source, String destination, int type, int code, int rest, byte[] body) {
        return PacketBuilder.of(source, destination).icmp(type, code, rest).payload(body);
    }

    /** An SCTP packet of chunks of these types, each of eight bytes; the checksum is that of RFC 9260 appendix A. */
    public static PacketBuilder sctp(String source, String destination, int from, int to, int... chunks) {
        final ByteBuffer packet = ByteBuffer.allocate(12 + 8 * chunks.length).putShort((short) from)
                .putShort((short) to).putInt(0x1234_5678).putInt(0);
        for (int type : chunks) {
            packet.putInt(type << 24 | 8).putInt(0x4711);
        }
        final CRC32C crc = new CRC32C();
        crc.update(packet.array());
        packet.putInt(8, Integer.reverseBytes((int) crc.getValue()));
        return other(source, destination, 132, packet.array());
    }

    /** Some protocol's packet without an upper-layer header that anybody here knows. */
    public static PacketBuilder other(String source, String destination, int protocol, byte[] body) {
        return PacketBuilder.of(source, destination).raw(protocol).payload(body);
    }
}
