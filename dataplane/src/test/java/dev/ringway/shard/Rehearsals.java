package dev.ringway.shard;

import dev.ringway.encap.TunnelCodec;
import dev.ringway.encap.TunnelSettings;

/** Rehearsals for tests of who asks for them. */
public final class Rehearsals {
    private Rehearsals() {
    }

    /** Of node 1, whose sockets send from the ports 50000 on. */
    public static Rehearsal of(TunnelSettings tunnel) {
        final PathRig.Setup setup = PathRig.Setup.DEFAULT.tunnel(tunnel);
        return new Rehearsal(setup.settings(ThreadingMode.SHARED), TunnelCodec.of(tunnel, Topology.mac(1)),
                setup.offloads(), (shard, socket) -> 50_000 + socket);
    }
}
