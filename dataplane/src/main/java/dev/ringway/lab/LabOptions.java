package dev.ringway.lab;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what a lab consists of, shared by {@code lab} and {@code lab up}. */
final class LabOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3",
            description = "nodes, each with its own switch (default: ${DEFAULT-VALUE})")
    private int nodes;

    @Option(names = "--pods", paramLabel = "N", defaultValue = "2",
            description = "pods on each node (default: ${DEFAULT-VALUE})")
    private int pods;

    @Option(names = "--encap", paramLabel = "vxlan|gre", defaultValue = "vxlan",
            description = "encapsulation between nodes (default: ${DEFAULT-VALUE})")
    private String encap;

    @ArgGroup
    private Family family;

    @Option(names = "--underlay", paramLabel = "ipv4|ipv6", defaultValue = "ipv4",
            description = "IP version between nodes (default: ${DEFAULT-VALUE})")
    private String underlay;

    @Option(names = "--threading", paramLabel = "shared|dedicated", defaultValue = "shared",
            description = "threads of each switch (default: ${DEFAULT-VALUE})")
    private String threading;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "1500",
            description = "MTU of the links between nodes (default: ${DEFAULT-VALUE})")
    private int mtu;

    private static final class Family {
        @Option(names = "--ipv6", description = "pods have IPv4 and IPv6 addresses (this is the default)")
        private boolean dual;

        @Option(names = "--ipv4-only", description = "pods have IPv4 addresses only")
        private boolean ipv4Only;
    }

    LabSpec spec() {
        if (!underlay.equals("ipv4") && !underlay.equals("ipv6")) {
            throw refused("--underlay must be ipv4 or ipv6, not '" + underlay + "'");
        }
        try {
            return new LabSpec(nodes, pods, encap, family == null || !family.ipv4Only, underlay.equals("ipv6") ? 6 : 4,
                    threading, mtu);
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
    }

    private ParameterException refused(String message) {
        return new ParameterException(mixee.commandLine(), message);
    }
}
