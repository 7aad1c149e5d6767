package dev.ringway.podnet.cni;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * CNI_ARGS, {@code K=V;K=V}. A key that is not known is refused, unless IgnoreUnknown says otherwise.
 *
 * @param namespace of the pod, or empty
 * @param name      of the pod, or empty
 * @param uid       of the pod, or empty
 * @param ip        address asked for, or empty
 * @param mac       MAC address asked for, or empty
 */
record CniArgs(String namespace, String name, String uid, String ip, String mac) {
    private static final Set<String> KNOWN = Set.of("IgnoreUnknown", "IP", "GATEWAY", "MAC", "K8S_POD_NAMESPACE",
            "K8S_POD_NAME", "K8S_POD_UID", "K8S_POD_INFRA_CONTAINER_ID");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,252}");

    static CniArgs parse(String text) throws CniException {
        final Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            final int equals = pair.indexOf('=');
            if (equals < 0 || pair.indexOf('=', equals + 1) >= 0) {
                throw new CniException(CniException.INVALID_ENVIRONMENT, "CNI_ARGS is not valid: " + text,
                        "KEY=VALUE pairs with ; between them, one = each; this one is none: " + pair);
            }
            pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        final String ignore = pairs.getOrDefault("IgnoreUnknown", "");
        if (!ignore.equals("1") && !ignore.equalsIgnoreCase("true")) {
            for (String key : pairs.keySet()) {
                if (!KNOWN.contains(key)) {
                    throw new CniException(CniException.INVALID_ENVIRONMENT, "CNI_ARGS has an unknown key: " + key,
                            "IgnoreUnknown=1 in CNI_ARGS lets such keys pass");
                }
            }
        }
        return new CniArgs(named(pairs, "K8S_POD_NAMESPACE"), named(pairs, "K8S_POD_NAME"),
                named(pairs, "K8S_POD_UID"), pairs.getOrDefault("IP", ""), pairs.getOrDefault("MAC", ""));
    }

    /** What goes into logs and tables must be a name. */
    private static String named(Map<String, String> pairs, String key) throws CniException {
        final String value = pairs.getOrDefault(key, "");
        if (!value.isEmpty() && !NAME.matcher(value).matches()) {
            throw new CniException(CniException.INVALID_ENVIRONMENT, key + " in CNI_ARGS is not valid: " + value,
                    "1 to 253 letters, digits and _ . -, first a letter or digit");
        }
        return value;
    }
}
