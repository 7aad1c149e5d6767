package dev.ringway.cni;

/** The request line that carries an operation to the daemon. */
final class Request {
    private Request() {
    }

    /**
     * @param ownNetns   the plugin's own namespace, which no pod may have; empty when any may
     * @param ipamResult what the IPAM plugin printed, or empty
     */
    static String line(Invocation invocation, NetworkConfig config, String ownNetns, String ipamResult) {
        final StringBuilder out = new StringBuilder(config.text().length() + 1024);
        out.append("{\"v\":1,\"op\":\"cni\",\"args\":{\"command\":");
        Json.quote(out, invocation.command());
        member(out, "containerId", invocation.containerId());
        member(out, "netns", invocation.netns());
        member(out, "ifname", invocation.ifname());
        member(out, "args", invocation.args());
        member(out, "path", invocation.path());
        out.append(",\"config\":").append(config.text());
        if (!ipamResult.isEmpty()) {
            out.append(",\"ipamResult\":").append(ipamResult);
        }
        if (!ownNetns.isEmpty()) {
            member(out, "ownNetns", ownNetns);
        }
        return out.append("}}").toString();
    }

    private static void member(StringBuilder out, String key, String value) {
        out.append(",\"").append(key).append("\":");
        Json.quote(out, value);
    }
}
