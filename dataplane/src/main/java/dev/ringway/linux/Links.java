package dev.ringway.linux;

import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Interfaces with their addresses and routes in the namespace of the thread that opens this, by rtnetlink: a pod's are
 * set up in less than a millisecond, where a run of iproute2 takes ten (starting a process is most of it). Changes are
 * collected and go out with {@link #apply}. For one thread.
 */
public final class Links implements AutoCloseable {
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final int IFREQ_LENGTH = 40;
    private static final int IFREQ_VALUE = 16;
    private static final int IFF_UP = 1;

    private static final int RTM_NEWLINK = 16;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_GETROUTE = 26;

    private static final int IFINFOMSG = 16;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
    private static final int ADDR_GEN_MODE_NONE = 1;
    private static final int IPV6_MIN_MTU = 1280;

    private static final int IFADDRMSG = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_F_NODAD = 2;
    private static final int SCOPE_GLOBAL = 0;

    private static final int RTMSG = 12;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int TABLE_MAIN = 254;
    private static final int PROTOCOL_BOOT = 3;
    private static final int SCOPE_LINK = 253;
    private static final int UNICAST = 1;

    private final Netlink netlink = new Netlink();

    /** An interface as it is. */
    public record Link(int index, int mtu, boolean up) {
    }

    /** A destination, 128 bits with IPv4 in the top 32; of an address, itself. */
    public record Destination(int version, long hi, long lo, int length) {
    }

    public Links() throws LinuxException {
    }

    /** The interface of this name, or null if there is none. */
    public Link find(String name) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            final long ifreq = arena.allocate(IFREQ_LENGTH, 8).address();
            Memory.putBytes(ifreq, name.getBytes(StandardCharsets.UTF_8));
            final int index = Libc.ioctl(netlink.fd().number(), SIOCGIFINDEX, ifreq);
            if (index == -Errno.ENODEV) {
                return null;
            }
            if (index < 0) {
                throw new LinuxException("looking for interface " + name, -index);
            }
            final int number = Memory.getInt(ifreq + IFREQ_VALUE);
            Memory.putLong(ifreq + IFREQ_VALUE, 0);
            final int mtu = Libc.ioctl(netlink.fd().number(), SIOCGIFMTU, ifreq);
            final int bytes = Memory.getInt(ifreq + IFREQ_VALUE);
            final int flags = Libc.ioctl(netlink.fd().number(), SIOCGIFFLAGS, ifreq);
            if (mtu < 0 || flags < 0) {
                throw new LinuxException("looking at interface " + name, -Math.min(mtu, flags));
            }
            return new Link(number, bytes, (Memory.getShort(ifreq + IFREQ_VALUE) & IFF_UP) != 0);
        }
    }

    /**
     * Brings an interface up. It gets no link-local address, since nothing on the other side of a TUN device would
     * ever answer it; a device too small for IPv6 has none to configure.
     */
    public void up(Link link, int mtu, int queuePackets) {
        Memory.putInt(netlink.begin("MTU " + mtu, RTM_NEWLINK, 0, IFINFOMSG) + 4, link.index);
        netlink.putInt(IFLA_MTU, mtu);
        netlink.putInt(IFLA_TXQLEN, queuePackets);
        if (mtu >= IPV6_MIN_MTU) {
            final int spec = netlink.beginNested(IFLA_AF_SPEC);
            final int inet6 = netlink.beginNested(SockAddr.AF_INET6);
            netlink.putByte(IFLA_INET6_ADDR_GEN_MODE, ADDR_GEN_MODE_NONE);
            netlink.endNested(inet6);
            netlink.endNested(spec);
        }
        netlink.end();
        final long info = netlink.begin("bringing it up", RTM_NEWLINK, 0, IFINFOMSG);
        Memory.putInt(info + 4, link.index);
        Memory.putInt(info + 8, IFF_UP);
        Memory.putInt(info + 12, IFF_UP);
        netlink.end();
    }

    /** Puts an address (its whole length as the prefix) on an interface, there already or not. */
    public void address(Link link, String text, int version, long hi, long lo) {
        address(RTM_NEWADDR, Netlink.CREATE_OR_REPLACE, "address " + text, link, version, hi, lo,
                version == 4 ? 32 : 128);
    }

    public void removeAddress(Link link, Destination address) {
        address(RTM_DELADDR, 0, "removing an address", link, address.version, address.hi, address.lo, address.length);
    }

    private void address(int type, int flags, String what, Link link, int version, long hi, long lo, int length) {
        final long at = netlink.begin(what, type, flags, IFADDRMSG);
        Memory.putByte(at, family(version));
        Memory.putByte(at + 1, length);
        Memory.putByte(at + 2, version == 6 ? IFA_F_NODAD : 0);
        Memory.putInt(at + 4, link.index);
        netlink.putAddress(IFA_LOCAL, version, hi, lo);
        netlink.putAddress(IFA_ADDRESS, version, hi, lo);
        netlink.end();
    }

    /** A route that names only the interface, there already or not. */
    public void route(Link link, String text, Destination to) {
        final long at = netlink.begin("route " + text, RTM_NEWROUTE, Netlink.CREATE_OR_REPLACE, RTMSG);
        Memory.putByte(at, family(to.version));
        Memory.putByte(at + 1, to.length);
        Memory.putByte(at + 4, TABLE_MAIN);
        Memory.putByte(at + 5, PROTOCOL_BOOT);
        Memory.putByte(at + 6, to.version == 4 ? SCOPE_LINK : SCOPE_GLOBAL);
        Memory.putByte(at + 7, UNICAST);
        if (to.length > 0) {
            netlink.putAddress(RTA_DST, to.version, to.hi, to.lo);
        }
        netlink.putInt(RTA_OIF, link.index);
        netlink.end();
    }

    /** Makes the changes in order; the first that fails is told, the others are made all the same. */
    public void apply() throws LinuxException {
        netlink.run();
    }

    /** The global addresses of an interface. */
    public List<Destination> addresses(Link link) throws LinuxException {
        final List<Destination> found = new ArrayList<>();
        netlink.begin("listing addresses", RTM_GETADDR, Netlink.DUMP, IFADDRMSG);
        netlink.end();
        netlink.dump((type, start, end) -> {
            if (type == RTM_NEWADDR && Memory.getInt(start + 4) == link.index
                    && Memory.getByte(start + 3) == SCOPE_GLOBAL) {
                final int version = version(Memory.getByte(start));
                long at = attribute(IFA_LOCAL, start + IFADDRMSG, end);
                at = at == 0 ? attribute(IFA_ADDRESS, start + IFADDRMSG, end) : at;
                found.add(destination(version, at, Memory.getByte(start + 1)));
            }
        });
        return found;
    }

    /** Destinations of the main table's unicast routes through an interface. */
    public List<Destination> routes(Link link) throws LinuxException {
        final List<Destination> found = new ArrayList<>();
        netlink.begin("listing routes", RTM_GETROUTE, Netlink.DUMP, RTMSG);
        netlink.end();
        netlink.dump((type, start, end) -> {
            final long oif = attribute(RTA_OIF, start + RTMSG, end);
            if (type == RTM_NEWROUTE && oif != 0 && Memory.getInt(oif) == link.index
                    && Memory.getByte(start + 4) == TABLE_MAIN && Memory.getByte(start + 7) == UNICAST) {
                found.add(destination(version(Memory.getByte(start)), attribute(RTA_DST, start + RTMSG, end),
                        Memory.getByte(start + 1)));
            }
        });
        return found;
    }

    @Override
    public void close() {
        netlink.close();
    }

    /** @param at 0: the address is all zero */
    private static Destination destination(int version, long at, int length) {
        if (at == 0) {
            return new Destination(version, 0, 0, length);
        }
        return version == 4 ? new Destination(4, (long) Memory.getIntBe(at) << 32, 0, length)
                : new Destination(6, Memory.getLongBe(at), Memory.getLongBe(at + 8), length);
    }

    /** Address of an attribute's value, or 0 if it is not there. */
    private static long attribute(int type, long start, long end) {
        for (long at = start; at + 4 <= end && Memory.getShort(at) >= 4; at += Memory.getShort(at) + 3 & ~3) {
            if (Memory.getShort(at + 2) == type) {
                return at + 4;
            }
        }
        return 0;
    }

    private static int family(int version) {
        return version == 4 ? SockAddr.AF_INET : SockAddr.AF_INET6;
    }

    private static int version(int family) {
        return family == SockAddr.AF_INET ? 4 : 6;
    }
}
