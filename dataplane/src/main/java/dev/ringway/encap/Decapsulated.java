package dev.ringway.encap;

/** Where the inner packet of a tunnel datagram is; filled by a {@link TunnelCodec}, reused by the path that owns it. */
public final class Decapsulated {
    /** What is inside. */
    public enum Content { IP, ARP }

    public Content content;
    /** Address of the inner IP header or of the ARP body, and bytes from there to the end of the datagram. */
    public long inner;
    public int length;
}
