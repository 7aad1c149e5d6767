package dev.ringway.testing;

import java.nio.ByteBuffer;

/** Tunnel headers around inner packets, from the RFCs' pictures: what the underlay's datagrams must look like. */
public final class Tunnels {
    private Tunnels() {
    }

    /** VXLAN with VNI 1 around an IP packet. */
    public static byte[] vxlan(long toMac, long fromMac, byte[] packet) {
        return vxlan(0x08, 1, toMac, fromMac, packet[0] >> 4 == 4 ? 0x0800 : 0x86DD, packet);
    }

    /** VXLAN around anything (RFC 7348 sec. 5). */
    public static byte[] vxlan(int flags, int vni, long toMac, long fromMac, int type, byte[] payload) {
        return ByteBuffer.allocate(22 + payload.length).putInt(flags << 24).putInt(vni << 8)
                .putShort((short) (toMac >> 32)).putInt((int) toMac).putShort((short) (fromMac >> 32))
                .putInt((int) fromMac).putShort((short) type).put(payload).array();
    }

    /** GRE in UDP around an IP packet (RFC 8086, RFC 2784). */
    public static byte[] gre(byte[] packet) {
        return gre(0, packet[0] >> 4 == 4 ? 0x0800 : 0x86DD, new byte[0], packet);
    }

    /** The same with a key (RFC 2890). */
    public static byte[] gre(int key, byte[] packet) {
        return gre(0x2000, packet[0] >> 4 == 4 ? 0x0800 : 0x86DD, ByteBuffer.allocate(4).putInt(key).array(), packet);
    }

    /** GRE around anything. */
    public static byte[] gre(int flags, int type, byte[] optional, byte[] payload) {
        return ByteBuffer.allocate(4 + optional.length + payload.length).putShort((short) flags)
                .putShort((short) type).put(optional).put(payload).array();
    }
}
