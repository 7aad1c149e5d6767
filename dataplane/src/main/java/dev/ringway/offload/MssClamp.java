package dev.ringway.offload;

import dev.ringway.packet.Packet;
import dev.ringway.wire.Checksum;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Tcp;

/**
 * Lowers the maximum segment size that a TCP SYN or SYN-ACK announces to what the path carries, so that connections
 * over a smaller path work even where ICMP is filtered. Never raises it, never adds the option.
 */
public final class MssClamp {
    /** IP and TCP headers without options, which the MSS leaves out (RFC 6691). */
    private static final int HEADERS4 = 40;
    private static final int HEADERS6 = 60;

    private MssClamp() {
    }

    /**
     * Clamps to a path.
     *
     * @param mtu largest inner packet that the path carries, bytes
     * @return true if the packet was changed
     */
    public static boolean clamp(Packet p, int mtu) {
        if (p.protocol != IpProtocol.TCP || !p.l4Present || p.fragment == Packet.LATER) {
            return false;
        }
        final long tcp = p.ip + p.l4;
        if ((Tcp.flags(tcp) & Tcp.SYN) == 0) {
            return false;
        }
        final int most = mtu - (p.version == 4 ? HEADERS4 : HEADERS6);
        final int end = p.headers - p.l4;
        int at = Tcp.OPTIONS;
        while (at < end) {
            final int kind = Memory.getByte(tcp + at);
            if (kind == Tcp.OPTION_END) {
                return false;
            }
            if (kind == Tcp.OPTION_NOP) {
                at++;
                continue;
            }
            final int length = at + 1 < end ? Memory.getByte(tcp + at + 1) : 0;
            if (length < 2 || at + length > end) {
                return false;
            }
            if (kind == Tcp.OPTION_MSS && length == 4) {
                return lower(p, tcp, at + 2, most);
            }
            at += length;
        }
        return false;
    }

    private static boolean lower(Packet p, long tcp, int at, int most) {
        final int mss = Memory.getShortBe(tcp + at);
        if (mss <= most) {
            return false;
        }
        Memory.putShortBe(tcp + at, most);
        // An unfinished checksum covers only the pseudo header so far; the kernel sums the options later.
        if (!p.needsChecksum) {
            // At an odd offset the two bytes belong to two words; their sum changes as if they were swapped.
            final boolean odd = (at & 1) != 0;
            Memory.putShort(tcp + Tcp.CHECKSUM, Checksum.update(Memory.getShort(tcp + Tcp.CHECKSUM),
                    word(mss, odd), word(most, odd)));
        }
        return true;
    }

    private static int word(int value, boolean swapped) {
        final int word = Checksum.word(value);
        return swapped ? Short.reverseBytes((short) word) & 0xFFFF : word;
    }
}
