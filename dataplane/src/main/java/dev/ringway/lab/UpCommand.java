package dev.ringway.lab;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "up", sortOptions = false, description = "Bring a lab up, in place of any that is there, and return.")
final class UpCommand extends LabTask {
    @Mixin
    private LabOptions options;

    @Option(names = "--json", description = "print the lab's nodes and pods with their namespaces and addresses")
    private boolean json;

    @Override
    int run(SignalScope scope) throws InterruptedException {
        final LabFiles files = LabFiles.standard();
        final Progress progress = progress(json);
        final LabSpec spec = options.spec();
        announce(spec, progress);
        final LabState state = new Lab(files, progress).up(spec, scope);
        if (json) {
            out().println(Json.pretty(state.json(files)));
        } else {
            progress.line("The lab is up. Next: ringway lab check | status | exec n1-p1 CMD | down");
        }
        return OK;
    }

    static void announce(LabSpec spec, Progress progress) {
        progress.line("A lab of " + Texts.counted(spec.nodes(), "node", "nodes") + " with "
                + Texts.counted(spec.pods(), "pod", "pods") + " each ("
                + (spec.ipv6() ? "IPv4 and IPv6" : "IPv4") + "), " + spec.encap() + " over IPv" + spec.underlay()
                + ", MTU " + spec.mtu() + ", " + spec.threading() + " threads");
    }
}
