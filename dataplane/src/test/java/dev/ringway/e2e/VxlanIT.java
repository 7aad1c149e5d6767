package dev.ringway.e2e;

/** VXLAN over IPv4, shared thread. */
final class VxlanIT extends Connectivity {
    @Override
    TestCluster.Options options() {
        return TestCluster.Options.vxlan();
    }
}
