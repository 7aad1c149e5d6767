package dev.ringway.tun;

import dev.ringway.linux.Fd;
import dev.ringway.linux.NetNs;
import dev.ringway.linux.Tun;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes or re-adopts TUN devices. TUNSETIFF puts the device into the namespace of the thread that calls it, so this
 * runs on a thread that has entered the pod's namespace.
 */
public final class TunDevice {
    private TunDevice() {
    }

    /** An open device: its descriptor and what was negotiated. */
    public record Opened(Fd fd, TunOffloads offloads) {
    }

    /**
     * Opens the device of this name in a namespace, creating it if it is not there, persistent so that it outlives the
     * daemon. Falls back from all offloads to none where the kernel refuses them.
     *
     * @param netns    the namespace, or null for the daemon's own
     * @param offloads false: plain packets only
     */
    public static Opened open(Path netns, String name, boolean offloads) throws IOException {
        return NetNs.call(netns, () -> {
            final Fd fd = Tun.open(name, offloads);
            try {
                final TunOffloads given = !offloads ? TunOffloads.NONE : negotiate(fd);
                Tun.persist(fd, true);
                return new Opened(fd, given);
            } catch (IOException e) {
                fd.close();
                throw e;
            }
        });
    }

    /** Removes a device: it disappears when the last descriptor of a device that is not persistent is closed. */
    public static void remove(Opened opened) throws IOException {
        Tun.persist(opened.fd(), false);
        opened.fd().close();
    }

    private static TunOffloads negotiate(Fd fd) throws IOException {
        if (Tun.offload(fd, Tun.F_CSUM | Tun.F_TSO4 | Tun.F_TSO6 | Tun.F_TSO_ECN | Tun.F_USO4 | Tun.F_USO6)) {
            return TunOffloads.ALL;
        }
        if (Tun.offload(fd, Tun.F_CSUM | Tun.F_TSO4 | Tun.F_TSO6)) {
            return TunOffloads.TSO;
        }
        Tun.offload(fd, 0);
        return new TunOffloads(true, false, false);
    }
}
