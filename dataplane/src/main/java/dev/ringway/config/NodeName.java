package dev.ringway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What this node is called where its file, the same on all nodes, does not tell. */
final class NodeName {
    private static final String VARIABLE = "NODE_NAME";
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private NodeName() {
    }

    /** The variable NODE_NAME, as a DaemonSet sets it, else the host's name, in lower case as the kubelet takes it. */
    static String find(Value key) {
        final String variable = System.getenv(VARIABLE);
        try {
            return Names.node(variable != null ? variable
                    : Files.readString(KERNEL).strip().toLowerCase(Locale.ROOT));
        } catch (IOException | IllegalArgumentException e) {
            key.refuse("auto: the variable " + VARIABLE + " is " + (variable == null ? "not set" : "no name")
                    + ", and the host's name is of no use: " + e.getMessage());
            return null;
        }
    }
}
