package dev.ringway.agent;

import picocli.CommandLine.IVersionProvider;

/** What {@code ringway --version} prints. */
final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"ringway " + Version.text() + " (Java " + Runtime.version().feature() + ")"};
    }
}
