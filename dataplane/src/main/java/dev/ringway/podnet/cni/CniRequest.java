package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An operation as the plugin forwards it, checked: whatever it holds is safe to be used in names, paths and rules.
 *
 * @param command     ADD, DEL, CHECK or GC
 * @param containerId empty for GC
 * @param netns       CNI_NETNS, perhaps empty
 * @param ifname      empty for GC
 * @param version     the configuration's cniVersion
 * @param network     the configuration's name
 * @param config      the whole configuration
 * @param ipamResult  what another IPAM plugin gave, or null
 * @param ownNetns    the plugin's own namespace as {@code net:[NUMBER]}, or empty if it may be the pod's
 */
record CniRequest(String command, String containerId, String netns, String ifname, CniArgs args, String version,
        String network, JsonNode config, JsonNode ipamResult, String ownNetns) {
    private static final List<String> COMMANDS = List.of("ADD", "DEL", "CHECK", "GC");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final int MOST_ID = 255;
    private static final int MOST_IFNAME = 15;

    /**
     * The configuration's version is looked for first, since an error's answer names it.
     *
     * @param arguments of the control socket's request
     */
    static String version(JsonNode arguments) {
        return arguments.path("config").path("cniVersion").asText(CniVersions.UNSAID);
    }

    static CniRequest parse(JsonNode arguments) throws CniException {
        final String command = text(arguments, "command");
        if (!COMMANDS.contains(command)) {
            throw new CniException(CniException.INVALID_ENVIRONMENT, "unknown CNI_COMMAND: " + command);
        }
        final JsonNode config = arguments.path("config");
        if (!config.isObject()) {
            throw new CniException(CniException.DECODING, "the network configuration is not a JSON object");
        }
        final JsonNode version = config.path("cniVersion");
        if (!version.isMissingNode() && !version.isTextual()) {
            throw new CniException(CniException.DECODING, "cniVersion must be a string, not " + version);
        }
        CniVersions.require(version(arguments), command);
        final String network = config.path("name").asText("");
        if (!config.path("name").isTextual() || !NAME.matcher(network).matches() || network.length() > MOST_ID) {
            throw new CniException(CniException.INVALID_CONFIG, "the network's name is missing or not valid: "
                    + network, "a letter or digit, then letters, digits and _ . -");
        }
        final boolean gc = command.equals("GC");
        final String containerId = gc ? "" : containerId(text(arguments, "containerId"));
        final String ifname = gc ? "" : ifname(text(arguments, "ifname"));
        final String netns = text(arguments, "netns");
        if (netns.isEmpty() && (command.equals("ADD") || command.equals("CHECK"))) {
            throw new CniException(CniException.INVALID_ENVIRONMENT, "required env variables [CNI_NETNS] missing");
        }
        final JsonNode ipamResult = arguments.path("ipamResult");
        return new CniRequest(command, containerId, netns, ifname,
                CniArgs.parse(gc ? "" : text(arguments, "args")), version(arguments), network, config,
                ipamResult.isObject() ? ipamResult : null, text(arguments, "ownNetns"));
    }

    /** What the attachment is known by: no two have both the sandbox and the interface. */
    String id() {
        return containerId + "/" + ifname;
    }

    boolean isAtLeast(String other) {
        return CniVersions.isAtLeast(version, other);
    }

    /** True if the addresses are ours to give out. */
    boolean ownIpam() {
        final String type = config.path("ipam").path("type").asText("");
        return type.isEmpty() || type.equals("ringway");
    }

    static boolean isContainerId(String text) {
        return NAME.matcher(text).matches() && text.length() <= MOST_ID;
    }

    private static String containerId(String text) throws CniException {
        if (!isContainerId(text)) {
            throw new CniException(CniException.INVALID_ENVIRONMENT, "CNI_CONTAINERID is missing or not valid: "
                    + text, "a letter or digit, then letters, digits and _ . -");
        }
        return text;
    }

    /** As the kernel has it, and without what it takes for a pattern or sysctl for all interfaces. */
    private static String ifname(String text) throws CniException {
        boolean right = !text.isEmpty() && text.length() <= MOST_IFNAME
                && !List.of(".", "..", "all", "default", "lo").contains(text);
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            right &= c > ' ' && c < 0x7F && c != '/' && c != ':' && c != '%' && c != '"';
        }
        if (!right) {
            throw new CniException(CniException.INVALID_ENVIRONMENT, "CNI_IFNAME is missing or not valid: " + text,
                    "1 to " + MOST_IFNAME + " visible characters without / : % \", and not . .. lo all default");
        }
        return text;
    }

    private static String text(JsonNode arguments, String key) throws CniException {
        final JsonNode value = arguments.path(key);
        if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
            throw new CniException(CniException.DECODING, key + " of the request must be a string");
        }
        return value.asText("");
    }
}
