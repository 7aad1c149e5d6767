package dev.ringway.cni;

/**
 * The form of CNI_ARGS: {@code K=V;K=V}. A key that nobody here knows is refused, unless IgnoreUnknown says otherwise;
 * what the keys mean is the daemon's and the IPAM plugin's business.
 */
final class CniArgs {
    private CniArgs() {
    }

    static void check(String args) throws CniError {
        if (args.isEmpty()) {
            return;
        }
        String unknown = null;
        boolean ignore = false;
        int start = 0;
        while (start <= args.length()) {
            final int semicolon = args.indexOf(';', start);
            final int end = semicolon < 0 ? args.length() : semicolon;
            final int equals = args.indexOf('=', start);
            if (equals < 0 || equals >= end || args.lastIndexOf('=', end - 1) != equals) {
                throw new CniError(CniError.INVALID_ENVIRONMENT, "CNI_ARGS is not valid: " + args,
                        "KEY=VALUE pairs with ; between them, one = each; this one is none: "
                        + args.substring(start, end));
            }
            final String key = args.substring(start, equals);
            if (key.equals("IgnoreUnknown")) {
                ignore = Invocation.isTrue(args.substring(equals + 1, end));
            } else if (!isKnown(key) && unknown == null) {
                unknown = key;
            }
            start = end + 1;
        }
        if (unknown != null && !ignore) {
            throw new CniError(CniError.INVALID_ENVIRONMENT, "CNI_ARGS has an unknown key: " + unknown,
                    "IgnoreUnknown=1 in CNI_ARGS lets such keys pass");
        }
    }

    private static boolean isKnown(String key) {
        return switch (key) {
            case "IP", "GATEWAY", "MAC", "K8S_POD_NAMESPACE", "K8S_POD_NAME", "K8S_POD_UID",
                    "K8S_POD_INFRA_CONTAINER_ID" -> true;
            default -> false;
        };
    }
}
