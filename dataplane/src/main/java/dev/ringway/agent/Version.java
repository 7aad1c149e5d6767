package dev.ringway.agent;

/** The program's version, as the jar's manifest says. */
final class Version {
    private Version() {
    }

    static String text() {
        final String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
