package dev.ringway.e2e;

/** GRE-in-UDP over IPv4, shared thread. */
final class GreIT extends Connectivity {
    @Override
    TestCluster.Options options() {
        return TestCluster.Options.gre();
    }
}
