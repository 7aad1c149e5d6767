package dev.ringway.underlay;

import dev.ringway.fib.IpAddress;
import dev.ringway.linux.Fd;
import dev.ringway.linux.LinuxException;
import dev.ringway.linux.Mapping;
import dev.ringway.linux.MsgHdr;
import dev.ringway.linux.SockAddr;
import dev.ringway.linux.Sockets;
import dev.ringway.wire.Memory;

/**
 * Finds out whether UDP_SEGMENT and UDP_GRO work and keep the bytes, by sending a train from this node's underlay
 * address to itself: some kernels have them and corrupt what they carry.
 */
public final class SelfTest {
    private static final int SEGMENT = 1000;
    private static final int LENGTH = 3500;
    private static final int WAIT_ROUNDS = 50;

    private SelfTest() {
    }

    /**
     * Runs the test.
     *
     * @param gso try UDP_SEGMENT; false: off by configuration
     * @param gro try UDP_GRO; false: off by configuration
     */
    public static UnderlayOffloads run(IpAddress address, boolean gso, boolean gro) {
        final String off = "by configuration";
        if (!gso) {
            return new UnderlayOffloads(off, gro ? null : off);
        }
        try (Fd sender = Sockets.udp(address.version()); Fd receiver = Sockets.udp(address.version());
                Mapping memory = Mapping.allocate(1 << 18)) {
            Sockets.bind(receiver, address.version(), address.hi(), address.lo(), 0);
            Sockets.bind(sender, address.version(), address.hi(), address.lo(), 0);
            final boolean groSet = Sockets.trySet(receiver, Sockets.SOL_UDP, Sockets.UDP_GRO, 1) == 0;
            final long name = memory.address();
            final int nameLength = SockAddr.write(name, address.version(), address.hi(), address.lo(),
                    Sockets.port(receiver));
            final int sent = send(sender, memory.address(), name, nameLength, address.version());
            if (sent != LENGTH) {
                return new UnderlayOffloads("self-test: send returned " + sent, gro && groSet ? null : off);
            }
            final String wrong = receive(receiver, memory.address());
            return new UnderlayOffloads(wrong, !gro ? off : groSet ? wrong : "refused by the kernel");
        } catch (LinuxException e) {
            return new UnderlayOffloads("self-test: " + e.getMessage(), "self-test: " + e.getMessage());
        }
    }

    private static int send(Fd sender, long memory, long name, int nameLength, int version) {
        final long msghdr = memory + 64;
        final long control = memory + 128;
        final long vector = memory + 192;
        final long payload = memory + 4096;
        for (int i = 0; i < LENGTH; i++) {
            Memory.putByte(payload + i, pattern(i));
        }
        Memory.putLong(vector, payload);
        Memory.putLong(vector + 8, LENGTH);
        final int controlLength = MsgHdr.writeSendControl(control, SEGMENT, version, 0);
        MsgHdr.write(msghdr, name, nameLength, vector, 1, control, controlLength);
        return Sockets.send(sender, msghdr);
    }

    /** Null if all bytes came back right, in trains or singly; else what was wrong. */
    private static String receive(Fd receiver, long memory) {
        final long msghdr = memory + 64;
        final long control = memory + 128;
        final long vector = memory + 192;
        final long into = memory + 65536;
        int received = 0;
        int rounds = 0;
        while (received < LENGTH && rounds++ < WAIT_ROUNDS) {
            Memory.putLong(vector, into);
            Memory.putLong(vector + 8, 65536);
            MsgHdr.write(msghdr, 0, 0, vector, 1, control, 64);
            final int length = Sockets.receive(receiver, msghdr);
            if (length < 0) {
                Thread.onSpinWait();
                continue;
            }
            for (int i = 0; i < length; i++) {
                if (Memory.getByte(into + i) != pattern(received + i)) {
                    return "self-test: byte " + (received + i) + " came back changed";
                }
            }
            received += length;
        }
        return received == LENGTH ? null : "self-test: " + received + " of " + LENGTH + " bytes came back";
    }

    private static int pattern(int i) {
        return i * 31 + (i >> 8) & 0xFF;
    }
}
