package dev.ringway.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the daemon forwards, without asking it: it keeps a lock on a file beside its socket while it does. The
 * launcher looks in the same way and describes the file; this is for the cases that it leaves to us.
 */
final class Readiness {
    private static final int INODE = 2;
    private static final int PODS = 3;
    private static final int UNTIL = 4;

    private Readiness() {
    }

    static void require(String socket) throws CniError {
        final Path file = Path.of(socket).resolveSibling("cni-ready");
        String[] words = {};
        String details;
        try {
            words = Files.readString(file).strip().split(" ");
            if (words.length < INODE + 1 || !words[0].equals("ringway") || !words[1].equals("1")) {
                details = file + " is of another format";
            } else if (!isLocked(":" + words[INODE] + " ")) {
                details = "nobody holds the lock of " + file;
            } else if (words.length > UNTIL && uptime() > Long.parseLong(words[UNTIL])) {
                details = file + " is out of date: the daemon hangs";
            } else {
                return;
            }
        } catch (IOException | NumberFormatException e) {
            details = e.toString();
        }
        final boolean pods = words.length > PODS && !words[PODS].equals("0");
        throw new CniError(pods ? CniError.NOT_AVAILABLE_LIMITED : CniError.NOT_AVAILABLE,
                "the Ringway daemon of this node does not forward", details);
    }

    private static boolean isLocked(String inode) throws IOException {
        for (String line : Files.readString(Path.of("/proc/locks")).split("\n")) {
            if (line.contains("WRITE") && !line.contains("->") && line.contains(inode)) {
                return true;
            }
        }
        return false;
    }

    private static long uptime() throws IOException {
        final String text = Files.readString(Path.of("/proc/uptime"));
        return Long.parseLong(text.substring(0, text.indexOf('.')));
    }
}
