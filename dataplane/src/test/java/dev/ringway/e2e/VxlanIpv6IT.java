package dev.ringway.e2e;

/** VXLAN over IPv6, dedicated threads. */
final class VxlanIpv6IT extends Connectivity {
    @Override
    TestCluster.Options options() {
        return TestCluster.Options.vxlan().underlay(6).threading("dedicated");
    }
}
