package dev.ringway.agent;

import picocli.CommandLine.IVersionProvider;

/** The program's version, as the jar's manifest says. */
final class Version implements IVersionProvider {
    static String text() {
        final String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"ringway " + text() + " (Java " + Runtime.version().feature() + ")"};
    }
}
