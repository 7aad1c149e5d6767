package dev.ringway.lab;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "up", sortOptions = false, description = "Bring a lab up, in place of any that is there, and return.")
final class UpCommand extends LabTask {
    @Mixin
    private LabOptions options;

    @Option(names = "--json", description = "print the lab's nodes, pods and Service with their namespaces, addresses"
            + " and processes")
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
            progress.line("The lab is up. Next:\n" + next(spec, files));
        }
        return OK;
    }

    /** What a person may try, on node 1. */
    static String next(LabSpec spec, LabFiles files) {
        final Endpoint node = spec.node(1);
        final Ask inside = new Ask(spec.pod(1, 1), DemoService.clusterIp(4), DemoService.PORT);
        final Ask outside = new Ask(spec.outside(), node.address(4), DemoService.NODE_PORT);
        final Path socket = files.socket(node.label());
        return String.join("\n  ", "  ringway lab check | status | exec n1-p1 bash | down",
                inside.command() + "    (Service " + DemoService.NAME + ")", outside.command(),
                "ringway services --socket " + socket, "ringway flows --socket " + socket,
                inside.resolveCommand(socket));
    }

    static void announce(LabSpec spec, Progress progress) {
        progress.line("A lab of " + Texts.counted(spec.nodes(), "node", "nodes") + " with "
                + Texts.counted(spec.pods(), "pod", "pods") + " each ("
                + (spec.ipv6() ? "IPv4 and IPv6" : "IPv4") + "), " + spec.encap() + " over IPv" + spec.underlay()
                + ", MTU " + spec.mtu() + ", " + spec.threading() + " threads");
    }
}
