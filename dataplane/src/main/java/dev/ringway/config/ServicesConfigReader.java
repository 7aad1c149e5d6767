package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.fib.Prefix;
import dev.ringway.service.Balance;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The section {@code services}. */
final class ServicesConfigReader {
    private static final int LEAST_FLOWS = 1024;
    private static final int MOST_FLOWS = 1 << 24;
    private static final int MOST_FAILURES = 100;
    private static final int MOST_RETRY_S = 3600;
    private static final String NONE = "none";

    private ServicesConfigReader() {
    }

    /**
     * Reads it.
     *
     * @param files    whether Services come from files
     * @param stateDir where the switch writes files of its own
     */
    static ServicesConfig read(Section section, boolean files, Path stateDir) {
        try (section) {
            final Value file = section.value("file");
            if (!files && !isNone(file)) {
                file.refuse("Services come from where nodes come from: cluster.source");
            }
            final Path source = isNone(file) ? null : file.parsed("", Names::absolutePath);
            if (source != null && (source.equals(stateDir) || source.equals(SourceReader.fileState(stateDir)))) {
                file.refuse("is where the switch keeps what it has read (cni.stateDir)");
            }
            final Value open = section.value("nodePortAddresses");
            final List<Prefix> nodePortAddresses = open.isAuto() ? List.of() : prefixes(open);
            final Value zoneKey = section.value("zone");
            final String zone = isNone(zoneKey) ? "" : zoneKey.text("");
            return new ServicesConfig(source, nodePortAddresses, zone, balance(section.value("balance")),
                    section.value("maxFlows").integer(262_144, LEAST_FLOWS, MOST_FLOWS, ""),
                    section.value("masqueradeAll").flag(false), ejection(section.section("ejection")),
                    healthz(section.value("healthz")));
        }
    }

    private static InetSocketAddress healthz(Value value) {
        return isNone(value) ? null : value.parsed("an address and port, as in 0.0.0.0:10256", Names::listen);
    }

    private static Balance balance(Value value) {
        return switch (value.choice("random", "maglev", "leastFlows")) {
            case "maglev" -> Balance.MAGLEV;
            case "leastFlows" -> Balance.LEAST_FLOWS;
            default -> Balance.RANDOM;
        };
    }

    private static EjectionConfig ejection(Section section) {
        try (section) {
            return new EjectionConfig(section.value("enabled").flag(false),
                    section.value("failures").integer(3, 1, MOST_FAILURES, ""),
                    section.value("retryAfter").integer(10, 1, MOST_RETRY_S, " seconds"));
        }
    }

    private static List<Prefix> prefixes(Value list) {
        final List<Prefix> ranges = new ArrayList<>();
        for (Value item : list.items("auto, or ranges of addresses as in [172.30.0.0/24]")) {
            final Prefix range = item.parsed("", IpText::prefix);
            if (range != null) {
                ranges.add(range);
            }
        }
        return ranges;
    }

    private static boolean isNone(Value value) {
        return value.isAbsent() || value.isWord(NONE);
    }
}
