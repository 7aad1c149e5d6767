package dev.ringway.config;

import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.Prefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The section {@code etcd}. */
final class EtcdReader {
    private static final int LEAST_LEASE_S = 5;
    private static final int MOST_LEASE_S = 3600;
    private static final int MOST_GRACE_S = 86_400;

    private EtcdReader() {
    }

    static SourceConfig read(Section section, Path stateDir) {
        try (section) {
            final List<String> endpoints = new ArrayList<>();
            for (Value item : section.value("endpoints").items("etcd's members, as in [http://192.0.2.10:2379]")) {
                endpoints.add(item.parsed("", SourceReader::url));
            }
            endpoints.removeIf(endpoint -> endpoint == null);
            final Value user = section.value("user");
            final Value password = section.value("passwordFile");
            final Value cert = section.value("cert");
            final Value key = section.value("key");
            together(user, password);
            together(cert, key);
            return new SourceConfig.Etcd(endpoints, prefix(section.value("prefix")), address(section.value("address")),
                    podCidrs(section.value("podCidrs")), isNone(user) ? null : user.text(null), file(password),
                    file(section.value("ca")), file(cert), file(key),
                    section.value("lease").integer(15, LEAST_LEASE_S, MOST_LEASE_S, " seconds"),
                    section.value("grace").integer(60, 0, MOST_GRACE_S, " seconds"),
                    ClusterReader.outsideClients(section), stateDir.resolve("etcd.json"));
        }
    }

    private static String prefix(Value value) {
        final String prefix = value.text("/ringway");
        if (prefix != null && (!prefix.startsWith("/") || prefix.endsWith("/"))) {
            value.refuse("must be like /ringway, with a / in front and none at its end, not '" + prefix + "'");
        }
        return prefix;
    }

    private static IpAddress address(Value value) {
        final IpAddress address = value.isAuto() ? null : value.parsed("", IpText::address);
        if (address != null && !Ranges.isNodeAddress(address)) {
            value.refuse(IpText.text(address)
                    + " cannot be a node's address: it is unspecified, multicast, broadcast or link-local");
        }
        return address;
    }

    private static List<Prefix> podCidrs(Value value) {
        final List<Prefix> ranges = new ArrayList<>();
        if (!value.isAuto()) {
            for (Value item : value.items("auto, or this node's ranges as in [10.244.1.0/24]")) {
                final Prefix range = item.parsed("", IpText::prefix);
                if (range != null) {
                    ranges.add(range);
                }
            }
        }
        return ranges;
    }

    private static void together(Value one, Value other) {
        if (isNone(one) != isNone(other)) {
            (isNone(one) ? other : one).refuse("needs " + (isNone(one) ? one : other).path() + " too");
        }
    }

    private static Path file(Value value) {
        return isNone(value) ? null : value.parsed("", Names::absolutePath);
    }

    private static boolean isNone(Value value) {
        return value.isAbsent() || value.isWord("none");
    }
}
