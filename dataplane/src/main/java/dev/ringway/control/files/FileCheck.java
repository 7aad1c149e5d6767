package dev.ringway.control.files;

import dev.ringway.control.IpText;
import dev.ringway.control.services.NodeView;
import dev.ringway.fib.IpAddress;
import dev.ringway.service.Balance;
import java.nio.file.Path;
import java.util.List;

/**
 * What a switch would say to files of Services, found out without one: all of it, however much it is. What depends on a
 * node and its cluster is not looked at.
 *
 * @param services how many there are
 * @param slices   how many there are
 * @param problems for which files are not taken over; none: they are
 * @param warnings what is passed over, left out or without effect
 */
public record FileCheck(int services, int slices, List<String> problems, List<String> warnings) {
    public FileCheck {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** @param path a file or a directory */
    public static FileCheck of(Path path) {
        // Any address, so that NodePorts that two Services want are found.
        final List<IpAddress> any = List.of(IpText.address("0.0.0.0"), IpText.address("::"));
        final FileServices services = new FileServices(path.toAbsolutePath(), new NodeView("", "", List.of(), any, null,
                null), Balance.RANDOM, null, null, HeapBudget.ofThisProcess(), Integer.MAX_VALUE);
        services.look(0, () -> { });
        return services.check();
    }
}
