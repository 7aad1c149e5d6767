package dev.ringway.podnet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the node's connection tracking must be able to keep where it steers clients of Services: as kube-proxy sets it,
 * but nothing is made less than it is. The parameters are there when the first rule that tracks is.
 */
final class ConntrackLimits {
    /** A client may take its time between the server's end of a connection and its own (kube-proxy: 1 h). */
    private static final int CLOSE_WAIT_S = 3600;
    /** kube-proxy's defaults: --conntrack-min and --conntrack-max-per-core. */
    private static final int LEAST = 131_072;
    private static final int PER_CORE = 32_768;

    private ConntrackLimits() {
    }

    /**
     * Raises them.
     *
     * @return what was changed, as {@code name=value}
     */
    static List<String> raise() throws IOException {
        final List<String> changed = new ArrayList<>();
        raise("netfilter/nf_conntrack_tcp_timeout_close_wait", CLOSE_WAIT_S, changed);
        raise("netfilter/nf_conntrack_max", Math.max(LEAST, PER_CORE * Runtime.getRuntime().availableProcessors()),
                changed);
        return changed;
    }

    private static void raise(String parameter, int least, List<String> changed) throws IOException {
        if (Sysctl.isWritable(parameter) && Sysctl.read(parameter) < least && Sysctl.set(parameter, least)) {
            changed.add("net." + parameter.replace('/', '.') + "=" + least);
        }
    }
}
