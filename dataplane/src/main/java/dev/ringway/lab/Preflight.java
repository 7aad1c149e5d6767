package dev.ringway.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Whether this machine can run a lab; everything that is missing is told at once, each with what to do. */
final class Preflight {
    private static final List<String> PROGRAMS = List.of("ip", "nft", "conntrack", "setsid", "sh", "ping", "iperf3",
            "timeout");
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final Path IO_URING_DISABLED = Path.of("/proc/sys/kernel/io_uring_disabled");

    private Preflight() {
    }

    static void check(LabSpec spec) {
        final List<String> problems = new ArrayList<>();
        if (!isRoot()) {
            problems.add("network namespaces need root\n  -> run it with sudo");
        }
        if (!Files.exists(TUN)) {
            problems.add("there is no " + TUN + "\n  -> modprobe tun; in a container: docker run --privileged, or"
                    + " --device /dev/net/tun");
        }
        addMissingPrograms(problems);
        if (spec.underlayHasIpv6() && !Files.exists(Path.of("/proc/sys/net/ipv6"))) {
            problems.add("this kernel has IPv6 switched off\n  -> run the lab with --ipv4-only, or boot without"
                    + " ipv6.disable=1");
        }
        if ("2".equals(read(IO_URING_DISABLED))) {
            problems.add("io_uring is switched off (kernel.io_uring_disabled = 2)\n  -> sysctl -w"
                    + " kernel.io_uring_disabled=0");
        }
        if (!problems.isEmpty()) {
            throw new LabException("this machine is not ready:\n" + String.join("\n", problems));
        }
    }

    static void requireRoot() {
        if (!isRoot()) {
            throw new LabException("the lab belongs to root", "run it with sudo");
        }
    }

    /** The Debian package that a program comes in. */
    static String debianPackage(String program) {
        return switch (program) {
            case "ip" -> "iproute2";
            case "nft" -> "nftables";
            case "conntrack" -> "conntrack";
            case "ping" -> "iputils-ping";
            case "iperf3" -> "iperf3";
            case "setsid" -> "util-linux";
            case "timeout" -> "coreutils";
            default -> "dash";
        };
    }

    private static void addMissingPrograms(List<String> problems) {
        final List<String> missing = new ArrayList<>();
        final TreeSet<String> packages = new TreeSet<>();
        for (String program : PROGRAMS) {
            if (Programs.find(program) == null) {
                missing.add(program);
                packages.add(debianPackage(program));
            }
        }
        if (!missing.isEmpty()) {
            problems.add("not installed: " + String.join(", ", missing) + "\n  -> apt-get install "
                    + String.join(" ", packages));
        }
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new LabException("cannot tell who runs this: /proc is not mounted (" + e.getMessage() + ")",
                    "mount -t proc proc /proc");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            // Kernels before 6.6 have no such switch.
            return null;
        }
    }
}
