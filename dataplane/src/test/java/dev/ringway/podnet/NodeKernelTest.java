package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringway.control.ClusterSpec;
import dev.ringway.control.IpText;
import dev.ringway.control.NodeSpec;
import dev.ringway.fib.Prefix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeKernelTest {
    private final NodeSpec self = new NodeSpec("n1", IpText.address("172.30.0.1"), prefixes("10.244.1.0/24",
            "fd00:244:1::/64"), 1, 0);
    private final ClusterSpec cluster = new ClusterSpec(prefixes("10.244.0.0/16", "fd00:244::/32"),
            prefixes("10.96.0.0/16", "fd00:96::/112"), List.of(self));

    private static List<Prefix> prefixes(String... texts) {
        return List.of(texts).stream().map(IpText::prefix).toList();
    }

    @ParameterizedTest
    @CsvSource({"10.244.9.9, 10.244.0.0/16", "10.96.0.1, 10.96.0.0/16", "fd00:244:9::9, fd00:244::/32",
        "fd00:96::1, fd00:96::/112"})
    void routes(String to, String range) {
        assertEquals(IpText.prefix(range), new NodeKernel(cluster, self, true).route(IpText.address(to)));
    }

    @Test
    void noRoute() {
        assertNull(new NodeKernel(cluster, self, true).route(IpText.address("10.97.0.1")));
        assertNull(new NodeKernel(cluster, self, true).route(IpText.address("::1")));
    }

    @ParameterizedTest
    @CsvSource({
        "172.30.0.1, 10.96.0.1, 10.244.1.1",
        "203.0.113.9, 10.96.0.1, 10.244.1.1",
        "10.244.1.1, 10.96.0.1, 10.244.1.1",
        "10.244.1.0, 10.96.0.1, 10.244.1.0",
        "172.30.0.1, 10.244.2.1, 10.244.1.1",
        "172.30.0.1, 10.244.1.5, 172.30.0.1",
        "127.0.0.1, 10.244.1.5, 10.244.1.1",
        "172.30.0.1, 10.244.1.0, 172.30.0.1",
        "2001:db8::1, fd00:96::1, fd00:244:1::1",
        "2001:db8::1, fd00:244:1::5, 2001:db8::1"})
    void into(String from, String to, String source) {
        assertEquals(source, IpText.text(new NodeKernel(cluster, self, false).sourceInto(IpText.address(from),
                IpText.address(to))));
    }

    @ParameterizedTest
    @CsvSource({"10.244.1.5, 8.8.8.8, true", "10.244.2.5, 8.8.8.8, true", "172.30.0.1, 8.8.8.8, false",
        "10.244.1.5, 10.244.2.5, false"})
    void out(String from, String to, boolean masqueraded) {
        assertEquals(masqueraded, new NodeKernel(cluster, self, true).isMasqueradedOut(IpText.address(from),
                IpText.address(to)));
        assertEquals(false, new NodeKernel(cluster, self, false).isMasqueradedOut(IpText.address(from),
                IpText.address(to)));
    }
}
