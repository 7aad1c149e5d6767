package dev.ringway.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "status", sortOptions = false,
        description = "Show the lab's switches and its Service as they are now. Exit code 1 unless all are ready.")
final class StatusCommand extends LabTask {
    @Option(names = "--json", description = "print it as JSON: the shape of 'up --json', each node with its 'status',"
            + " 'drops' or 'error', each pod of the Service with the nodes that it is 'usedBy'")
    private boolean json;

    @Override
    int run(SignalScope scope) throws InterruptedException {
        Preflight.requireRoot();
        final LabFiles files = LabFiles.standard();
        final LabState state = LabState.require(files);
        final List<NodeStatus> nodes = new ArrayList<>();
        for (Endpoint node : state.spec().allNodes()) {
            nodes.add(NodeStatus.ask(node, files));
        }
        final ServiceStatus service = ServiceStatus.ask(state.spec(), files);
        final boolean ready = nodes.stream().allMatch(NodeStatus::ready) && service.ready();
        if (json) {
            final ObjectNode root = state.json(files).put("ready", ready);
            for (int i = 0; i < nodes.size(); i++) {
                nodes.get(i).addTo((ObjectNode) root.path("nodes").get(i));
            }
            service.addTo((ObjectNode) root.path("service"));
            out().println(Json.pretty(root));
        } else {
            final Table table = new Table(NodeStatus.HEAD);
            nodes.forEach(node -> table.add(node.row()));
            out().print(table.text());
            nodes.stream().filter(node -> !node.ready()).forEach(node -> out().println("  " + node.complaint(files)));
            out().print("\n" + service.text());
            out().flush();
        }
        return ready ? OK : FAILED;
    }
}
