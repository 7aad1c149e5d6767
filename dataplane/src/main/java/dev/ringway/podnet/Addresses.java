package dev.ringway.podnet;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ringway.control.IpText;
import dev.ringway.fib.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Host addresses (/32 and /128) of an interface, wanted and present. A device taken over may hold stale ones. */
final class Addresses {
    private static final JsonMapper JSON = new JsonMapper();

    private Addresses() {
    }

    /** Adds to a batch what shows an interface's addresses and puts the wanted ones on it, whether there or not. */
    static void wanted(IpBatch batch, String device, List<IpAddress> addresses) {
        batch.add("addr show dev " + device);
        for (IpAddress address : addresses) {
            batch.add("addr replace " + text(address) + " dev " + device + (address.version() == 6 ? " nodad" : ""));
        }
    }

    /**
     * Adds to a batch what removes the addresses that are there but not wanted.
     *
     * @param shown what the batch of {@link #wanted} printed
     */
    static void removeOthers(IpBatch batch, String device, List<IpAddress> addresses, String shown)
            throws IOException {
        final Set<String> wanted = new HashSet<>();
        for (IpAddress address : addresses) {
            wanted.add(text(address));
        }
        for (JsonNode link : documents(shown)) {
            for (JsonNode info : link.path("addr_info")) {
                final String text = info.path("local").asText() + "/" + info.path("prefixlen").asInt();
                if (info.path("scope").asText().equals("global") && !wanted.contains(text)) {
                    batch.add("addr del " + text + " dev " + device);
                }
            }
        }
    }

    /** The entries of all arrays that the show commands of one batch printed. */
    static List<JsonNode> documents(String shown) throws IOException {
        final List<JsonNode> entries = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(shown)) {
            while (parser.nextToken() != null) {
                JSON.<JsonNode>readTree(parser).forEach(entries::add);
            }
        }
        return entries;
    }

    private static String text(IpAddress address) {
        return IpText.text(address) + (address.version() == 4 ? "/32" : "/128");
    }
}
