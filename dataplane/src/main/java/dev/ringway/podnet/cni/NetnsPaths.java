package dev.ringway.podnet.cni;

import dev.ringway.linux.NetNs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which files a runtime may name as a pod's namespace: network namespaces (ioctl_nsfs(2) says so), below directories
 * where runtimes put them, with no link that leads out of there; or those of processes in /proc. Immutable.
 */
final class NetnsPaths {
    /** A link of the kernel's own that names no other file. */
    private static final Pattern PROCESS = Pattern.compile("/proc/[1-9][0-9]*(/task/[1-9][0-9]*)?/ns/net");

    private final List<Path> directories;
    private final Path own;

    NetnsPaths(List<Path> directories) {
        this(directories, Path.of("/proc/self/ns/net"));
    }

    /** @param own the node's own namespace, which no pod may have */
    NetnsPaths(List<Path> directories, Path own) {
        this.directories = List.copyOf(directories);
        this.own = own;
    }

    /** A namespace's file that may be used. */
    record Checked(Path path, String identity) {
    }

    /** The namespace that ADD or CHECK names. */
    Checked require(CniRequest request) throws CniException {
        final Path path = parse(request.netns());
        try {
            requireAllowed(path);
            if (!NetNs.isOne(path)) {
                throw refused(request.netns(), "it is no network namespace");
            }
            final String identity = NetNs.identity(path);
            requireOther(request, path, identity);
            return new Checked(path, identity);
        } catch (IOException e) {
            throw refused(request.netns(), e.getMessage());
        }
    }

    /** For DEL, whose namespace may be gone: refuses the plugin's own. */
    void requireOther(CniRequest request) throws CniException {
        final Path path = request.netns().isEmpty() ? null : parse(request.netns());
        if (path != null && Files.exists(path)) {
            try {
                requireOther(request, path, NetNs.identity(path));
            } catch (IOException e) {
                // It is gone by now.
                return;
            }
        }
    }

    private void requireOther(CniRequest request, Path path, String identity)
            throws IOException, CniException {
        final String inode = identity.substring(identity.indexOf(':') + 1);
        if (request.ownNetns().equals("net:[" + inode + "]")) {
            throw new CniException(CniException.OWN_NAMESPACE, "CNI_NETNS " + path + " is the plugin's own network"
                    + " namespace", "CNI_NETNS_OVERRIDE=1 lets that pass");
        }
        if (identity.equals(NetNs.identity(own))) {
            throw new CniException(CniException.OWN_NAMESPACE, "CNI_NETNS " + path + " is the node's own network"
                    + " namespace", "a pod there would take over the node's default route");
        }
    }

    private void requireAllowed(Path path) throws IOException, CniException {
        if (PROCESS.matcher(path.toString()).matches()) {
            return;
        }
        final Path real = path.toRealPath();
        for (Path directory : directories) {
            if (Files.isDirectory(directory) && real.startsWith(directory.toRealPath())) {
                return;
            }
        }
        throw refused(path.toString(), (real.equals(path) ? "it" : "it leads to " + real + ", which")
                + " lies in none of " + directories + " (cni.netnsDirectories of the node's configuration)");
    }

    private static Path parse(String netns) throws CniException {
        if (!netns.startsWith("/") || netns.indexOf('\0') >= 0) {
            throw refused(netns, "it is no absolute path");
        }
        return Path.of(netns).normalize();
    }

    private static CniException refused(String netns, String why) {
        return new CniException(CniException.INVALID_ENVIRONMENT, "CNI_NETNS cannot be used: " + netns, why);
    }
}
