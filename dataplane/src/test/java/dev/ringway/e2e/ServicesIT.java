package dev.ringway.e2e;

/** One shard, one thread: the defaults. */
final class ServicesIT extends AllServiceScenarios {
    @Override
    TestCluster.Options options() {
        return TestCluster.Options.vxlan();
    }
}
