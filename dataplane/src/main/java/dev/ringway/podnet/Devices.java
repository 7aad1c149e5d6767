package dev.ringway.podnet;

import dev.ringway.tun.TunDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What pods' and the node's own TUN devices have in common at the end of their lives. */
final class Devices {
    private static final System.Logger LOG = System.getLogger(Devices.class.getName());

    private Devices() {
    }

    /** @param remove true: the device disappears; false: it stays for the next daemon to take over */
    static void close(TunDevice.Opened device, boolean remove) {
        if (remove && !isGone(device)) {
            try {
                TunDevice.remove(device);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "a TUN device stays behind: {0}", e.getMessage());
            }
        }
        device.fd().close();
    }

    /**
     * True if the device behind a descriptor was deleted, by hand or with its namespace. The kernel then shows an
     * empty name in the descriptor's fdinfo (drivers/net/tun.c, tun_chr_show_fdinfo).
     */
    static boolean isGone(TunDevice.Opened device) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + device.fd().number()))) {
                if (line.startsWith("iff:")) {
                    return line.substring("iff:".length()).isBlank();
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
