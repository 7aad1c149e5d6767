package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabSpecTest {
    private static final LabSpec DUAL = new LabSpec(3, 2, "vxlan", true, 4, "shared", 1500);
    private static final LabSpec IPV4 = new LabSpec(2, 1, "gre", false, 4, "dedicated", 1500);

    @Test
    void namesAndAddressesAreTheFixedOnes() {
        assertEquals(new Endpoint(Endpoint.Kind.NODE, "node2", "rw-node2", 2, List.of("172.30.0.2", "fd00:30::2")),
                DUAL.node(2));
        assertEquals(new Endpoint(Endpoint.Kind.POD, "n3-p2", "rw-n3-p2", 3,
                List.of("10.244.3.11", "fd00:244:3::b")), DUAL.pod(3, 2));
        assertEquals(new Endpoint(Endpoint.Kind.OUTSIDE, "outside", "rw-outside", 0,
                List.of("172.30.0.254", "fd00:30::fe")), DUAL.outside());
        assertEquals(List.of("10.244.3.0/24", "fd00:244:3::/64"), DUAL.podCidrs(3));
    }

    @Test
    void numbersAboveNineAreHexadecimalInIpv6() {
        final LabSpec large = new LabSpec(100, 100, "vxlan", true, 6, "shared", 1500);
        assertEquals(List.of("10.244.100.109", "fd00:244:64::6d"), large.pod(100, 100).addresses());
        assertEquals(List.of("172.30.0.100", "fd00:30::64"), large.node(100).addresses());
    }

    @Test
    void withoutIpv6NothingHasAnIpv6Address() {
        for (Endpoint endpoint : IPV4.endpoints()) {
            assertEquals(1, endpoint.addresses().size(), endpoint.label());
            assertNull(endpoint.address(6));
        }
        assertEquals(List.of("10.244.0.0/16"), IPV4.clusterCidrs());
        assertEquals(List.of(4), IPV4.versions());
    }

    @Test
    void ipv6UnderlayIsThereForIpv4PodsToo() {
        final LabSpec spec = new LabSpec(2, 1, "vxlan", false, 6, "shared", 1500);
        assertEquals("fd00:30::2", spec.node(2).address(6));
        assertNull(spec.pod(1, 1).address(6));
    }

    @Test
    void everyAddressAndNameOfTheLargestLabIsDifferentAndOurs() {
        final LabSpec spec = new LabSpec(100, 100, "vxlan", true, 4, "shared", 1500);
        final Set<String> seen = new HashSet<>();
        for (Endpoint endpoint : spec.endpoints()) {
            assertTrue(seen.add(endpoint.namespace()), endpoint.namespace());
            assertTrue(endpoint.namespace().matches(LabSpec.OUR_NAMESPACES), endpoint.namespace());
            for (String address : endpoint.addresses()) {
                assertTrue(seen.add(address), address);
            }
        }
        for (int version : spec.versions()) {
            assertTrue(seen.add(LabSpec.unassignedAddress(version)));
            for (int node = 1; node <= spec.nodes(); node++) {
                assertTrue(seen.add(LabSpec.unknownAddress(node, version)));
            }
        }
    }

    @Test
    void otherNamespacesAreNotOurs() {
        for (String name : List.of("rw-node", "rw-node1x", "my-rw-node1", "rw-n1", "rw-n1-p1-copy", "rw-peer", "n1")) {
            assertFalse(name.matches(LabSpec.OUR_NAMESPACES), name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, vxlan, true, 4, shared, 1500, --nodes",
        "101, 2, vxlan, true, 4, shared, 1500, --nodes",
        "3, 0, vxlan, true, 4, shared, 1500, --pods",
        "3, 101, vxlan, true, 4, shared, 1500, --pods",
        "3, 2, geneve, true, 4, shared, 1500, --encap",
        "3, 2, vxlan, true, 5, shared, 1500, --underlay",
        "3, 2, vxlan, true, 4, many, 1500, --threading",
        "3, 2, vxlan, true, 4, shared, 65536, --mtu",
        "3, 2, vxlan, true, 4, shared, 1329, --mtu",
        "3, 2, vxlan, true, 6, shared, 1349, --mtu",
        "3, 2, gre, true, 4, shared, 1311, --mtu",
        "3, 2, gre, true, 6, shared, 1331, --mtu",
        "3, 2, vxlan, false, 4, shared, 575, --mtu",
        "3, 2, vxlan, false, 6, shared, 1279, --mtu",
    })
    void refusesWithTheOptionsName(int nodes, int pods, String encap, boolean ipv6, int underlay, String threading,
            int mtu, String option) {
        final IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> new LabSpec(nodes, pods, encap, ipv6, underlay, threading, mtu));
        assertTrue(refused.getMessage().startsWith(option), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"vxlan, true, 4, 1330", "vxlan, true, 6, 1350", "gre, true, 4, 1312", "gre, true, 6, 1332",
        "vxlan, false, 4, 576", "vxlan, false, 6, 1280", "vxlan, true, 4, 65535"})
    void acceptsTheLimitsOfTheMtu(String encap, boolean ipv6, int underlay, int mtu) {
        assertEquals(mtu, new LabSpec(1, 1, encap, ipv6, underlay, "shared", mtu).mtu());
    }
}
