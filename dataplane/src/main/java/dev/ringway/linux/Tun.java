package dev.ringway.linux;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/** The TUN driver's ioctls (linux/if_tun.h). */
public final class Tun {
    public static final int F_CSUM = 0x01;
    public static final int F_TSO4 = 0x02;
    public static final int F_TSO6 = 0x04;
    public static final int F_TSO_ECN = 0x08;
    public static final int F_USO4 = 0x20;
    public static final int F_USO6 = 0x40;

    private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
    private static final int IFF_TUN = 0x0001;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final int IFREQ_LENGTH = 40;
    private static final int NAME_LENGTH = 16;

    private Tun() {
    }

    /**
     * Opens or creates the device in the calling thread's namespace. Blocking, as io_uring wants it to be able to wait
     * for packets; multi-queue, so that further shards can attach a queue each.
     *
     * @param vnetHdr a virtio_net_hdr in front of each packet
     */
    public static Fd open(String name, boolean vnetHdr) throws LinuxException {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= NAME_LENGTH) {
            throw new LinuxException("TUN device name '" + name + "' must have 1 to 15 bytes", Errno.EINVAL);
        }
        final int opened = Libc.open("/dev/net/tun", O_RDWR_CLOEXEC);
        if (opened < 0) {
            throw new LinuxException("opening /dev/net/tun (give the container this device)", -opened);
        }
        final Fd fd = new Fd(opened);
        try (Arena arena = Arena.ofConfined()) {
            final long ifreq = arena.allocate(IFREQ_LENGTH, 8).address();
            Memory.putBytes(ifreq, bytes);
            Memory.putShort(ifreq + NAME_LENGTH,
                    IFF_TUN | IFF_NO_PI | IFF_MULTI_QUEUE | (vnetHdr ? IFF_VNET_HDR : 0));
            final int result = Libc.ioctl(fd.number(), TUNSETIFF, ifreq);
            if (result < 0) {
                fd.close();
                throw new LinuxException("TUN device " + name, -result);
            }
            return fd;
        }
    }

    /** True if the kernel accepts these TUN_F_ offloads. */
    public static boolean offload(Fd fd, int flags) {
        return Libc.ioctl(fd.number(), TUNSETOFFLOAD, flags) == 0;
    }

    /** A persistent device stays when its last descriptor is closed. */
    public static void persist(Fd fd, boolean persistent) throws LinuxException {
        final int result = Libc.ioctl(fd.number(), TUNSETPERSIST, persistent ? 1 : 0);
        if (result < 0) {
            throw new LinuxException("TUNSETPERSIST", -result);
        }
    }
}
