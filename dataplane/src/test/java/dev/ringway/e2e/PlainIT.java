package dev.ringway.e2e;

/** VXLAN with every offload switched off. */
final class PlainIT extends Connectivity {
    @Override
    TestCluster.Options options() {
        return TestCluster.Options.vxlan().extra("""
                offload: {tun: off}
                sockets: {gso: off, gro: off}
                """);
    }
}
