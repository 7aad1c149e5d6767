package dev.ringway.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.testing.Bytes;
import dev.ringway.testing.PacketBuilder;
import dev.ringway.testing.Packets;
import dev.ringway.wire.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long the fate of a datagram's first fragment is known, and of how many datagrams. */
class FragmentTracksTest {
    private static final int HOLDS_S = 30;

    private final Arena arena = Arena.ofConfined();
    private final FragmentTracks tracks = new FragmentTracks();

    @AfterEach
    void close() {
        arena.close();
    }

    private Packet fragment(int id, boolean first) {
        final byte[] bytes = Packets.other("10.0.0.1", "10.0.0.2", PacketBuilder.UDP, Bytes.pattern(64)).id(id)
                .fragment(first ? PacketBuilder.MF : 8).bytes();
        final long at = arena.allocate(bytes.length, 8).address();
        Memory.putBytes(at, bytes);
        final Packet p = new Packet();
        assertNull(PacketParser.parse(p, at, bytes.length, true));
        return p;
    }

    private void assertHeld(int fromS) {
        tracks.note(fragment(7, true), DropReason.SERVICE_REFUSED, 0, fromS);
        assertEquals(DropReason.SERVICE_REFUSED, FragmentTracks.refusal(tracks.find(fragment(7, false), fromS)));
        assertEquals(DropReason.SERVICE_REFUSED,
                FragmentTracks.refusal(tracks.find(fragment(7, false), fromS + HOLDS_S)));
        assertEquals(FragmentTracks.UNKNOWN, tracks.find(fragment(7, false), fromS + HOLDS_S + 1));
        assertEquals(FragmentTracks.UNKNOWN, tracks.find(fragment(8, false), fromS), "another datagram");
    }

    @Test
    void asLongAsAReceiverWaits() {
        assertEquals(FragmentTracks.UNKNOWN, tracks.find(fragment(7, false), 100));
        assertHeld(100);
    }

    /** The clock of seconds is an int that comes round. */
    @Test
    void clockComesRound() {
        assertHeld(Integer.MAX_VALUE - 10);
        assertHeld(Integer.MAX_VALUE);
        assertHeld(-1);
    }

    /** Of more datagrams than there is room for the newest are known. */
    @Test
    void theOldestGiveWay() {
        for (int id = 0; id < 20_000; id++) {
            tracks.note(fragment(id, true), null, 0, 100);
            assertEquals(FragmentTracks.PLAIN, tracks.find(fragment(id, false), 100));
        }
        int known = 0;
        for (int id = 19_000; id < 20_000; id++) {
            known += tracks.find(fragment(id, false), 100) == FragmentTracks.PLAIN ? 1 : 0;
        }
        assertEquals(1000, known, 50);
    }
}
