package dev.ringway.e2e;

/** GRE-in-UDP with a key over IPv6, shared thread. */
final class GreIpv6IT extends Connectivity {
    @Override
    TestCluster.Options options() {
        return TestCluster.Options.keyedGre().underlay(6);
    }
}
