package dev.ringway.podnet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringway.control.IpText;
import dev.ringway.ipam.Lease;
import java.util.ArrayList;
import java.util.List;

/** CHECK's prevResult, the result of the whole chain: our part of it must still be what we know. */
final class CheckPrevious {
    private CheckPrevious() {
    }

    static void require(CniRequest request) throws CniException {
        if (!request.config().path("prevResult").isObject()) {
            throw new CniException(CniException.INVALID_CONFIG, "CHECK needs the result of ADD as prevResult");
        }
    }

    /** What does not agree, for people; what other plugins added is theirs. */
    static List<String> drift(CniRequest request, Attachment attachment) {
        final List<String> drift = new ArrayList<>();
        if (!request.netns().equals(attachment.netns())) {
            drift.add("CNI_NETNS is " + request.netns() + ", but the interface is in " + attachment.netns());
        }
        final JsonNode previous = request.config().path("prevResult");
        boolean listed = false;
        for (JsonNode link : previous.path("interfaces")) {
            listed |= link.path("name").asText().equals(attachment.ifname())
                    && link.path("sandbox").asText().equals(attachment.netns());
        }
        if (!listed) {
            drift.add("prevResult has no interface " + attachment.ifname() + " in " + attachment.netns());
        }
        final List<String> addresses = new ArrayList<>();
        for (JsonNode ip : previous.path("ips")) {
            final String text = ip.path("address").asText();
            addresses.add(text.substring(0, Math.max(0, text.indexOf('/'))));
        }
        for (Lease lease : attachment.leases()) {
            if (!addresses.contains(IpText.text(lease.address()))) {
                drift.add("prevResult lacks the address " + IpText.text(lease.address()));
            }
        }
        return drift;
    }
}
