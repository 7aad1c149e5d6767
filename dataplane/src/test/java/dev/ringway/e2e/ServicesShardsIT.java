package dev.ringway.e2e;

/** Two shards of two threads, so that many connections' directions pass different shards; and the other tunnel. */
final class ServicesShardsIT extends AllServiceScenarios {
    @Override
    TestCluster.Options options() {
        return TestCluster.Options.gre().threading("dedicated, shards: 2");
    }
}
