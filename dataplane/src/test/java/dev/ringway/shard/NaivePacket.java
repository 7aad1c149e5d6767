package dev.ringway.shard;

import static dev.ringway.testing.PacketBuilder.MF;

import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.PacketView;
import dev.ringway.testing.Packets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a packet says, for {@link NaiveNat}: translated by writing it anew with other ends, never by a change in place.
 *
 * @param kind   TCP's flags, the type of the one SCTP chunk, or {@link #ASK} or {@link #ANSWER} of a ping
 * @param length of the payload
 * @param id     IPv4 identification, sequence of a ping
 * @param sum    false: UDP without a checksum
 */
record NaivePacket(Protocol protocol, End from, End to, int ttl, int kind, int sequence, int length, int id,
        boolean sum) {
    static final int ASK = 1;
    static final int ANSWER = 2;
    private static final int FRAGMENT_IDS = 0x5A00_0000;

    enum Protocol { TCP, UDP, SCTP, PING }

    /** Of a ping the port of who asks is its identifier, that of who answers 0. */
    record End(String address, int port) {
        End {
            // An address has many writings and is compared by this one.
            address = InetAddress.ofLiteral(address).getHostAddress();
        }

        boolean isSix() {
            return address.indexOf(':') >= 0;
        }
    }

    /** What a flow's packets of one direction have in common. */
    record Way(Protocol protocol, End from, End to) {
    }

    static NaivePacket of(Protocol protocol, End from, End to, int kind) {
        return new NaivePacket(protocol, from, to, 64, kind, 1, 0, 0x1234, true);
    }

    NaivePacket with(int newLength, int newId) {
        return new NaivePacket(protocol, from, to, ttl, kind, sequence, newLength, newId, sum);
    }

    NaivePacket sequence(int number) {
        return new NaivePacket(protocol, from, to, ttl, kind, number, length, id, sum);
    }

    NaivePacket withoutSum() {
        return new NaivePacket(protocol, from, to, ttl, kind, sequence, length, id, false);
    }

    /** The same between other ends, so many hops further. */
    NaivePacket between(End newFrom, End newTo, int hops) {
        return new NaivePacket(protocol, newFrom, newTo, ttl - hops, kind, sequence, length, id, sum);
    }

    Way way() {
        return new Way(protocol, from, to);
    }

    byte[] bytes() {
        return builder().bytes();
    }

    private PacketBuilder builder() {
        final String source = from.address;
        final String destination = to.address;
        final boolean six = from.isSix();
        final PacketBuilder packet = switch (protocol) {
            case TCP -> Packets.tcp(source, destination, length).ports(from.port, to.port).flags(kind)
                    .sequence(sequence);
            case UDP -> Packets.udp(source, destination, length).ports(from.port, to.port)
                    .checksum(sum || six ? PacketBuilder.Checksum.VALID : PacketBuilder.Checksum.NONE);
            case SCTP -> Packets.sctp(source, destination, from.port, to.port, kind);
            case PING -> Packets.icmp(source, destination, kind == ASK ? six ? 128 : 8 : six ? 129 : 0, 0,
                    (kind == ASK ? from.port : to.port) << 16 | id, Bytes.pattern(length));
        };
        return packet.ttl(ttl).id(id);
    }

    /** Cut into fragments of these payloads, multiples of eight, and the rest. */
    List<byte[]> fragments(int... sizes) {
        final byte[] whole = bytes();
        final int l4 = new PacketView(whole).l4();
        final List<byte[]> all = new ArrayList<>();
        int at = 0;
        for (int i = 0; i <= sizes.length; i++) {
            final int end = i == sizes.length ? whole.length - l4 : at + sizes[i];
            final boolean more = i < sizes.length;
            final PacketBuilder one = Packets.other(from.address, to.address, whole[from.isSix() ? 6 : 9] & 0xFF,
                    Arrays.copyOfRange(whole, l4 + at, l4 + end)).ttl(ttl).id(id);
            all.add((from.isSix() ? one.fragmentHeader(at, more, FRAGMENT_IDS + id)
                    : one.fragment(at / 8 | (more ? MF : 0))).bytes());
            at = end;
        }
        return all;
    }

    /** The first bytes of it, as an ICMP error quotes it. */
    byte[] quoted(int most) {
        final byte[] whole = bytes();
        return Arrays.copyOf(whole, Math.min(whole.length, most));
    }

    /** Who has sent a packet that came out, as far as the sender's port can be read: of a ping that asks, or ports. */
    static End sender(Protocol protocol, byte[] packet) {
        final PacketView view = new PacketView(packet);
        return new End(text(view.source()), view.u16(view.l4() + (protocol == Protocol.PING ? 4 : 0)));
    }

    static End receiver(Protocol protocol, byte[] packet) {
        final PacketView view = new PacketView(packet);
        return new End(text(view.destination()), protocol == Protocol.PING ? 0 : view.u16(view.l4() + 2));
    }

    private static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
