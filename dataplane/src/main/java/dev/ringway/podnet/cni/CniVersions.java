package dev.ringway.podnet.cni;

import java.util.List;

/** Versions of the CNI specification, compared by their exact text, and what came with which. */
final class CniVersions {
    static final String NEWEST = "1.1.0";
    /** What a configuration without a version means. */
    static final String UNSAID = "0.1.0";

    private static final List<String> SUPPORTED =
            List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", NEWEST);

    private CniVersions() {
    }

    static void require(String version, String command) throws CniException {
        if (!SUPPORTED.contains(version)) {
            throw new CniException(CniException.INCOMPATIBLE_VERSION, "cniVersion \"" + version
                    + "\" is not supported", "supported: " + String.join(", ", SUPPORTED));
        }
        final String first = switch (command) {
            case "CHECK" -> "0.4.0";
            case "GC" -> NEWEST;
            default -> SUPPORTED.getFirst();
        };
        if (!isAtLeast(version, first)) {
            throw new CniException(CniException.INCOMPATIBLE_VERSION, "cniVersion \"" + version + "\" has no "
                    + command, "it came with " + first);
        }
    }

    static boolean isAtLeast(String version, String other) {
        return SUPPORTED.indexOf(version) >= SUPPORTED.indexOf(other);
    }
}
