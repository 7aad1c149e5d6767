package dev.ringway.underlay;

import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.linux.Fd;
import dev.ringway.linux.LinuxException;
import dev.ringway.linux.Sockets;
import dev.ringway.wire.Ethernet;
import dev.ringway.wire.GreInUdp;
import dev.ringway.wire.Ipv4;
import dev.ringway.wire.Ipv6;
import dev.ringway.wire.Memory;
import dev.ringway.wire.Vxlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The classic BPF program (linux/filter.h) that spreads datagrams over the shards' sockets of one SO_REUSEPORT group:
 * low 32 bits of the inner destination address modulo the number of shards. It sees the packet from the UDP payload
 * on.
 */
public final class SteeringProgram {
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP = 0x05;
    private static final int JUMP_EQUAL = 0x15;
    private static final int MODULO = 0x94;
    private static final int RETURN_A = 0x16;
    private static final int INSTRUCTION = 8;
    private static final int COUNT = 7;

    private SteeringProgram() {
    }

    /** Attaches the program to a socket of the group; it then holds for all of the group. */
    public static void attach(Fd socket, TunnelSettings tunnel, int shards) throws LinuxException {
        final int type = switch (tunnel) {
            case VxlanSettings _ -> Vxlan.LENGTH + Ethernet.TYPE;
            case GreSettings _ -> GreInUdp.PROTOCOL;
        };
        final int ip = switch (tunnel) {
            case VxlanSettings _ -> Vxlan.LENGTH + Ethernet.LENGTH;
            case GreSettings gre -> gre.keyed() ? 8 : 4;
        };
        try (Arena arena = Arena.ofConfined()) {
            final long code = arena.allocate(COUNT * INSTRUCTION, 8).address();
            put(code, 0, LOAD_HALF, 0, 0, type);
            put(code, 1, JUMP_EQUAL, 0, 2, Ethernet.TYPE_IPV6);
            put(code, 2, LOAD_WORD, 0, 0, ip + Ipv6.DESTINATION + 12);
            put(code, 3, JUMP, 0, 0, 1);
            put(code, 4, LOAD_WORD, 0, 0, ip + Ipv4.DESTINATION);
            put(code, 5, MODULO, 0, 0, shards);
            put(code, 6, RETURN_A, 0, 0, 0);
            final MemorySegment program = arena.allocate(16, 8);
            Memory.putShort(program.address(), COUNT);
            Memory.putLong(program.address() + 8, code);
            Sockets.set(socket, Sockets.SOL_SOCKET, Sockets.SO_ATTACH_REUSEPORT_CBPF, program,
                    "SO_ATTACH_REUSEPORT_CBPF");
        }
    }

    private static void put(long code, int i, int opcode, int jumpTrue, int jumpFalse, int operand) {
        final long at = code + (long) i * INSTRUCTION;
        Memory.putShort(at, opcode);
        Memory.putByte(at + 2, jumpTrue);
        Memory.putByte(at + 3, jumpFalse);
        Memory.putInt(at + 4, operand);
    }
}
