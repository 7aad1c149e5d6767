package dev.ringway.wire;

/** IPv4 header (RFC 791) by offset from its first byte. */
public final class Ipv4 {
    public static final int MIN_LENGTH = 20;
    public static final int VERSION_IHL = 0;
    public static final int TOS = 1;
    public static final int TOTAL_LENGTH = 2;
    public static final int ID = 4;
    public static final int FLAGS_FRAGMENT = 6;
    public static final int TTL = 8;
    public static final int PROTOCOL = 9;
    public static final int CHECKSUM = 10;
    public static final int SOURCE = 12;
    public static final int DESTINATION = 16;
    public static final int OPTIONS = 20;

    public static final int DF = 0x4000;
    public static final int MF = 0x2000;
    public static final int OFFSET_MASK = 0x1FFF;

    private Ipv4() {
    }

    public static int headerLength(long ip) {
        return (Memory.getByte(ip) & 0x0F) << 2;
    }

    public static int totalLength(long ip) {
        return Memory.getShortBe(ip + TOTAL_LENGTH);
    }

    public static boolean dontFragment(long ip) {
        return (Memory.getShortBe(ip + FLAGS_FRAGMENT) & DF) != 0;
    }

    /** True if the header checksum is right. */
    public static boolean checksumValid(long ip, int headerLength) {
        return Checksum.fold(Checksum.sum(ip, headerLength, 0)) == 0xFFFF;
    }

    public static void writeChecksum(long ip, int headerLength) {
        Memory.putShort(ip + CHECKSUM, 0);
        Memory.putShort(ip + CHECKSUM, Checksum.finish(Checksum.sum(ip, headerLength, 0)));
    }

    /** Changes a 16-bit word at an even offset of the header and keeps the checksum right (RFC 1624). */
    public static void replaceWord(long ip, int offset, int valueBe) {
        final int old = Memory.getShort(ip + offset);
        Memory.putShortBe(ip + offset, valueBe);
        Memory.putShort(ip + CHECKSUM,
                Checksum.update(Memory.getShort(ip + CHECKSUM), old, Memory.getShort(ip + offset)));
    }

    public static void decrementTtl(long ip) {
        replaceWord(ip, TTL, Memory.getShortBe(ip + TTL) - 0x100);
    }

    /** Sets DSCP and ECN together. */
    public static void setTos(long ip, int tos) {
        replaceWord(ip, VERSION_IHL, Memory.getByte(ip) << 8 | tos);
    }
}
