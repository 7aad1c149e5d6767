package dev.ringway.underlay;

import dev.ringway.linux.Fd;
import dev.ringway.linux.MsgHdr;
import dev.ringway.linux.Sockets;
import dev.ringway.packet.TxSlot;
import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;

/**
 * Sends the datagrams of a segmented send one by one, when the kernel has refused to segment it: nothing is lost when
 * an offload turns out not to work. Rare, so it copies and calls sendmsg(2) directly. I/O thread only.
 */
public final class SingleSends {
    private static final int HEADERS = 256;

    /** Sends each segment; returns how many the kernel refused. */
    public int send(Fd socket, TxSlot slot, int version) {
        try (Arena arena = Arena.ofConfined()) {
            final long memory = arena.allocate(HEADERS + slot.bytes, 8).address();
            final long vector = memory + MsgHdr.LENGTH;
            final long control = vector + 16;
            final long payload = memory + HEADERS;
            slot.gather(payload);
            final int controlLength = MsgHdr.writeSendControl(control, 0, version, slot.tos);
            int lost = 0;
            for (int at = 0; at < slot.bytes; at += slot.segmentSize) {
                Memory.putLong(vector, payload + at);
                Memory.putLong(vector + 8, Math.min(slot.segmentSize, slot.bytes - at));
                MsgHdr.write(memory, slot.name, slot.nameLength, vector, 1, control, controlLength);
                if (Sockets.send(socket, memory) < 0) {
                    lost++;
                }
            }
            return lost;
        }
    }
}
