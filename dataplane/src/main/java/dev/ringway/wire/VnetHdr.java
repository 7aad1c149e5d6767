package dev.ringway.wire;

/**
 * struct virtio_net_hdr (linux/virtio_net.h), 10 bytes in native byte order, in front of each packet of a TUN device
 * opened with IFF_VNET_HDR.
 */
public final class VnetHdr {
    public static final int LENGTH = 10;
    public static final int FLAGS = 0;
    public static final int GSO_TYPE = 1;
    public static final int HDR_LEN = 2;
    public static final int GSO_SIZE = 4;
    public static final int CSUM_START = 6;
    public static final int CSUM_OFFSET = 8;

    public static final int F_NEEDS_CSUM = 1;
    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;
    /** Flag beside the type: the first segment carries CWR and ECN must be kept. */
    public static final int GSO_ECN = 0x80;

    private VnetHdr() {
    }

    /** A header that says nothing: one whole packet with finished checksums. */
    public static void clear(long at) {
        Memory.putLong(at, 0);
        Memory.putShort(at + CSUM_OFFSET, 0);
    }

    public static void write(long at, int gsoType, int hdrLen, int gsoSize, int csumStart, int csumOffset) {
        Memory.putByte(at + FLAGS, F_NEEDS_CSUM);
        Memory.putByte(at + GSO_TYPE, gsoType);
        Memory.putShort(at + HDR_LEN, hdrLen);
        Memory.putShort(at + GSO_SIZE, gsoSize);
        Memory.putShort(at + CSUM_START, csumStart);
        Memory.putShort(at + CSUM_OFFSET, csumOffset);
    }
}
