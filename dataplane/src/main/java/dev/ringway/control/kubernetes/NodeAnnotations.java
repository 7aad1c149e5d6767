package dev.ringway.control.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringway.control.IpText;
import dev.ringway.control.MacAddress;
import dev.ringway.encap.GreSettings;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.encap.VxlanSettings;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import java.util.Map;
import java.util.TreeMap;

/**
 * The annotations by which nodes tell each other of their tunnel ends: flannel's, letter by letter (its
 * {@code pkg/subnet/kube} and {@code pkg/backend/vxlan}, v0.28), so that nodes of both make one network, and one of
 * our own that tells Ringway's nodes from flannel's.
 */
final class NodeAnnotations {
    private static final String FLANNEL = "flannel.alpha.coreos.com/";
    /** "true": the node takes part. */
    static final String MANAGED = FLANNEL + "kube-subnet-manager";
    static final String TYPE = FLANNEL + "backend-type";
    private static final String DATA_4 = FLANNEL + "backend-data";
    private static final String DATA_6 = FLANNEL + "backend-v6-data";
    private static final String ADDRESS_4 = FLANNEL + "public-ip";
    private static final String ADDRESS_6 = FLANNEL + "public-ipv6";
    private static final String OVERWRITE_4 = FLANNEL + "public-ip-overwrite";
    private static final String OVERWRITE_6 = FLANNEL + "public-ipv6-overwrite";
    /** Version of the Ringway that runs there. */
    static final String VERSION = "ringway.dev/version";
    /** {@link dev.ringway.control.NodeSpec#outsideClients}, if it is more than the least. */
    static final String OUTSIDE_CLIENTS = "ringway.dev/outside-clients";
    private static final String VXLAN = "vxlan";
    private static final String GRE = "ringway-gre";
    private static final ObjectMapper JSON = new ObjectMapper();

    private NodeAnnotations() {
    }

    static boolean isOurs(String key) {
        return key.startsWith(FLANNEL) || key.equals(VERSION) || key.equals(OUTSIDE_CLIENTS);
    }

    /** The annotation with the address of a node's tunnel end. */
    static String address(int version) {
        return version == 4 ? ADDRESS_4 : ADDRESS_6;
    }

    /** The annotation by which people choose that address. */
    static String overwrite(int version) {
        return version == 4 ? OVERWRITE_4 : OVERWRITE_6;
    }

    static String data(int version) {
        return version == 4 ? DATA_4 : DATA_6;
    }

    /** What {@link #TYPE} is for nodes with this encapsulation. */
    static String type(TunnelSettings tunnel) {
        return tunnel instanceof VxlanSettings ? VXLAN : GRE;
    }

    /**
     * What a node is to tell of itself.
     *
     * @param address4 null: none
     * @param address6 null: none
     * @return by key; null: the annotation must not be there
     */
    static Map<String, String> of(TunnelSettings tunnel, long mac, IpAddress address4, IpAddress address6,
            OutsideClients outsideClients, String version) {
        final Map<String, String> all = new TreeMap<>();
        final String data = dataText(tunnel, mac);
        all.put(MANAGED, "true");
        all.put(TYPE, type(tunnel));
        all.put(ADDRESS_4, address4 == null ? null : IpText.text(address4));
        all.put(DATA_4, address4 == null ? null : data);
        all.put(ADDRESS_6, address6 == null ? null : IpText.text(address6));
        all.put(DATA_6, address6 == null ? null : data);
        all.put(VERSION, version);
        all.put(OUTSIDE_CLIENTS, outsideClients == OutsideClients.MASQUERADE ? null : outsideClients.word());
        return all;
    }

    /**
     * What a node has told by {@link #OUTSIDE_CLIENTS}.
     *
     * @param text null: nothing
     * @throws IllegalArgumentException that says what is wrong, for people
     */
    static OutsideClients outsideClients(String text) {
        try {
            return text == null ? OutsideClients.MASQUERADE : OutsideClients.of(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(OUTSIDE_CLIENTS + ": " + e.getMessage(), e);
        }
    }

    /** For a node that is to be forgotten: none of those of {@link #of}. */
    static Map<String, String> none() {
        final Map<String, String> none = new TreeMap<>();
        for (String key : new String[] {MANAGED, TYPE, ADDRESS_4, DATA_4, ADDRESS_6, DATA_6, VERSION,
            OUTSIDE_CLIENTS}) {
            none.put(key, null);
        }
        return none;
    }

    /** flannel takes its MAC back out of this text after a restart and wants just this form. */
    private static String dataText(TunnelSettings tunnel, long mac) {
        return switch (tunnel) {
            case VxlanSettings vxlan -> "{\"VNI\":" + vxlan.vni() + ",\"VtepMAC\":\"" + MacAddress.text(mac) + "\"}";
            case GreSettings gre -> gre.keyed() ? "{\"Key\":" + Integer.toUnsignedString(gre.key()) + "}" : "{}";
        };
    }

    /**
     * The MAC out of a node's data, in its low 48 bits.
     *
     * @param fallback where the encapsulation has none
     * @throws IllegalArgumentException that says why this node and that one cannot exchange packets
     */
    static long mac(TunnelSettings tunnel, String data, long fallback) {
        final JsonNode tree = tree(data);
        return switch (tunnel) {
            case VxlanSettings vxlan -> {
                final JsonNode vni = tree.path("VNI");
                if (!vni.isInt() || vni.intValue() != vxlan.vni()) {
                    throw new IllegalArgumentException("its VNI is " + (vni.isMissingNode() ? "not told" : vni)
                            + ", this node's is " + vxlan.vni());
                }
                yield MacAddress.parse(tree.path("VtepMAC").asText(""));
            }
            case GreSettings gre -> {
                final JsonNode key = tree.path("Key");
                final boolean same = gre.keyed() ? key.canConvertToLong()
                        && key.longValue() == Integer.toUnsignedLong(gre.key()) : key.isMissingNode();
                if (!same) {
                    throw new IllegalArgumentException("its GRE key is another than this node's");
                }
                yield fallback;
            }
        };
    }

    private static JsonNode tree(String data) {
        try {
            final JsonNode tree = data == null ? null : JSON.readTree(data);
            if (tree != null && tree.isObject()) {
                return tree;
            }
        } catch (JsonProcessingException e) {
            // Told below, as what it is for people.
        }
        throw new IllegalArgumentException("'" + data + "' does not describe a tunnel end");
    }
}
