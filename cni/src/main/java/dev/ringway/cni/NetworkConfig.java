package dev.ringway.cni;

import java.util.Map;

/**
 * What the client itself reads of the network's configuration; the rest passes through.
 *
 * @param text     the configuration in compact form
 * @param ipamType the IPAM plugin to run, or empty when addresses are the daemon's business
 * @param socket   the daemon's control socket
 */
record NetworkConfig(String text, String cniVersion, String name, String ipamType, String socket) {
    static final String DEFAULT_SOCKET = "/run/ringway/ringway.sock";
    static final String OWN_IPAM = "ringway";
    /** Of sun_path, with the zero at its end. */
    private static final int MOST_SOCKET = 107;

    static NetworkConfig of(String text) throws CniError, JsonException {
        if (!Json.isObject(text)) {
            throw new CniError(CniError.DECODING, "the network configuration on stdin is not a JSON object");
        }
        final Map<String, String> members = Json.members(text);
        final String version = string(members, "cniVersion", CniError.DECODING);
        return new NetworkConfig(text, version.isEmpty() ? Versions.UNSAID : version,
                string(members, "name", CniError.INVALID_CONFIG), ipamType(members.get("ipam")), socket(members));
    }

    /**
     * Refuses a configuration that no pod can be connected by (code 7). VERSION is answered without: what it is given
     * has no name, and the launcher answers it without looking at the rest.
     */
    void requireValid() throws CniError {
        if (name.isEmpty()) {
            throw new CniError(CniError.INVALID_CONFIG, "the network configuration has no name");
        }
        if (!isName(name)) {
            throw new CniError(CniError.INVALID_CONFIG, "the network's name is not valid: " + name,
                    "a letter or digit, then letters, digits and _ . -");
        }
        if (ipamType.indexOf('/') >= 0) {
            throw new CniError(CniError.INVALID_CONFIG, "ipam.type must be a program's name without a path: "
                    + ipamType);
        }
        if (!socket.startsWith("/") || socket.length() > MOST_SOCKET) {
            throw new CniError(CniError.INVALID_CONFIG, "socket must be an absolute path of at most " + MOST_SOCKET
                    + " bytes: " + socket);
        }
    }

    /** A letter or digit, then letters, digits, underscores, dots and hyphens. */
    static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            final boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!plain && (i == 0 || c != '_' && c != '.' && c != '-')) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static String ipamType(String ipam) throws CniError, JsonException {
        if (ipam == null || ipam.equals("null")) {
            return "";
        }
        if (!Json.isObject(ipam)) {
            throw new CniError(CniError.INVALID_CONFIG, "ipam must be an object");
        }
        final String type = string(Json.members(ipam), "type", CniError.INVALID_CONFIG);
        return type.equals(OWN_IPAM) ? "" : type;
    }

    private static String socket(Map<String, String> members) throws CniError, JsonException {
        final String socket = string(members, "socket", CniError.INVALID_CONFIG);
        return socket.isEmpty() ? DEFAULT_SOCKET : socket;
    }

    private static String string(Map<String, String> members, String key, int code) throws CniError, JsonException {
        final String value = members.get(key);
        if (value == null || value.equals("null")) {
            return "";
        }
        final String text = Json.string(value);
        if (text == null) {
            throw new CniError(code, key + " must be a string, not " + value);
        }
        return text;
    }
}
