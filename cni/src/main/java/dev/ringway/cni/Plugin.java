package dev.ringway.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One operation, in the order of the specification's part on delegation: addresses are taken before the pod is
 * connected, and given back after it is disconnected, so that nobody else gets them while they are in use.
 */
final class Plugin {
    private final Invocation invocation;
    private final NetworkConfig config;
    private final int timeoutMs;

    Plugin(Invocation invocation, NetworkConfig config, int timeoutMs) {
        this.invocation = invocation;
        this.config = config;
        this.timeoutMs = timeoutMs;
    }

    /** Does what the runtime asks for and returns what to print; empty when there is nothing to say. */
    String run() throws CniError {
        if (invocation.command().equals("VERSION")) {
            return Versions.answer(config.cniVersion());
        }
        Versions.require(config.cniVersion(), invocation.command());
        config.requireValid();
        final Delegate ipam = Delegate.of(config, invocation.path());
        return switch (invocation.command()) {
            case "ADD" -> add(ipam);
            case "DEL" -> del(ipam);
            case "CHECK" -> check(ipam);
            case "GC" -> gc(ipam);
            default -> status(ipam);
        };
    }

    /**
     * When the daemon refuses, the addresses go back. When it is not known what it did, they stay: the runtime sends a
     * DEL after a failed ADD, and that gives them back once the pod is disconnected for certain.
     */
    private String add(Delegate ipam) throws CniError {
        if (ipam == null) {
            return daemon("");
        }
        final String addresses = ipam.run("ADD");
        try {
            return daemon(addresses);
        } catch (UnknownOutcome e) {
            throw e;
        } catch (CniError e) {
            throw giveBack(ipam, e);
        }
    }

    private static CniError giveBack(Delegate ipam, CniError cause) {
        try {
            ipam.run("DEL");
            return cause;
        } catch (CniError e) {
            return cause.with("giving the addresses back failed as well: " + e.getMessage());
        }
    }

    private String del(Delegate ipam) throws CniError {
        daemon("");
        if (ipam != null) {
            ipam.run("DEL");
        }
        return "";
    }

    private String check(Delegate ipam) throws CniError {
        if (ipam != null) {
            ipam.run("CHECK");
        }
        daemon("");
        return "";
    }

    /** Goes on after an error, and tells all of them. */
    private String gc(Delegate ipam) throws CniError {
        CniError first = null;
        try {
            daemon("");
        } catch (CniError e) {
            first = e;
        }
        if (ipam != null) {
            try {
                ipam.run("GC");
            } catch (CniError e) {
                first = first == null ? e : first.with(e.getMessage());
            }
        }
        if (first != null) {
            throw first;
        }
        return "";
    }

    private String status(Delegate ipam) throws CniError {
        Readiness.require(config.socket());
        if (ipam != null) {
            ipam.run("STATUS");
        }
        return "";
    }

    private String daemon(String ipamResult) throws CniError {
        return new DaemonClient(config.socket(), timeoutMs)
                .ask(Request.line(invocation, config, ownNetns(), ipamResult));
    }

    private String ownNetns() throws CniError {
        if (invocation.ownNetnsAllowed()) {
            return "";
        }
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        } catch (IOException e) {
            throw new CniError(CniError.IO, "cannot tell the plugin's own network namespace", e.toString());
        }
    }
}
