package dev.ringway.cni;

/** Versions of the CNI specification, compared by their exact text. */
final class Versions {
    static final String NEWEST = "1.1.0";
    /** What a configuration without a version means. */
    static final String UNSAID = "0.1.0";

    private static final String[] SUPPORTED = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", NEWEST};
    private static final int FIRST_WITH_CHECK = 4;
    private static final int FIRST_WITH_GC_AND_STATUS = 6;

    private Versions() {
    }

    /** Refuses a version that is not supported or does not have the command yet. */
    static void require(String version, String command) throws CniError {
        final int index = indexOf(version);
        if (index < 0) {
            throw new CniError(CniError.INCOMPATIBLE_VERSION, "cniVersion \"" + version + "\" is not supported",
                    "supported: " + String.join(", ", SUPPORTED));
        }
        final int first = switch (command) {
            case "CHECK" -> FIRST_WITH_CHECK;
            case "GC", "STATUS" -> FIRST_WITH_GC_AND_STATUS;
            default -> 0;
        };
        if (index < first) {
            throw new CniError(CniError.INCOMPATIBLE_VERSION, "cniVersion \"" + version + "\" has no " + command,
                    "it came with " + SUPPORTED[first]);
        }
    }

    /** The answer to VERSION. */
    static String answer(String asked) {
        final StringBuilder out = new StringBuilder("{\"cniVersion\":");
        Json.quote(out, asked);
        out.append(",\"supportedVersions\":[\"").append(String.join("\",\"", SUPPORTED));
        return out.append("\"]}").toString();
    }

    private static int indexOf(String version) {
        for (int i = 0; i < SUPPORTED.length; i++) {
            if (SUPPORTED[i].equals(version)) {
                return i;
            }
        }
        return -1;
    }
}
