package dev.ringway.tun;

/**
 * What a TUN device was given. Negotiated at open from the most to the least; shown in {@code ringway status}.
 *
 * @param vnetHdr each packet has a virtio_net_hdr in front
 * @param tso     TCP super-packets and unfinished checksums cross the device
 * @param uso     UDP super-packets too (kernel 6.2 and later)
 */
public record TunOffloads(boolean vnetHdr, boolean tso, boolean uso) {
    public static final TunOffloads NONE = new TunOffloads(false, false, false);
    public static final TunOffloads TSO = new TunOffloads(true, true, false);
    public static final TunOffloads ALL = new TunOffloads(true, true, true);

    @Override
    public String toString() {
        return !tso ? "off" : uso ? "csum,tso4,tso6,uso4,uso6" : "csum,tso4,tso6";
    }
}
