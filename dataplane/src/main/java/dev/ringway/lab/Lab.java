package dev.ringway.lab;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Makes a lab and takes it away. Either may be repeated, and follow a run that was cut off anywhere. */
final class Lab {
    private static final long WATCH_MS = 1000;

    private final LabFiles files;
    private final Progress progress;

    Lab(LabFiles files, Progress progress) {
        this.files = files;
        this.progress = progress;
    }

    /**
     * Brings a lab up in place of any that is there. One that cannot be completed is taken away again; its logs stay.
     *
     * @param scope of the calling thread; shielded when taking away has begun
     */
    LabState up(LabSpec spec, SignalScope scope) throws InterruptedException {
        final Path launcher = Daemons.launcher();
        Preflight.check(spec);
        try (LabLock _ = LabLock.take(files)) {
            if (files.hasLeftovers() || !Fabric.present().isEmpty()) {
                remove("cleaning up an earlier lab", false);
            }
            final LabState state = new LabState(HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()),
                    false, spec);
            try {
                return make(state, launcher);
            } catch (RuntimeException | InterruptedException e) {
                scope.shield();
                progress.abandon();
                giveUp(e);
                if (scope.signalled()) {
                    // Then the failure is only that of a program which Ctrl-C ended too.
                    throw new InterruptedException();
                }
                throw e;
            }
        }
    }

    /**
     * Takes the lab away.
     *
     * @param id only if it is still the one with this id; null: whatever is there
     * @return false if there was none
     */
    boolean down(String id) throws InterruptedException {
        Preflight.requireRoot();
        try (LabLock _ = LabLock.take(files)) {
            if (!files.hasLeftovers() && Fabric.present().isEmpty()) {
                files.remove(false);
                return false;
            }
            if (id != null) {
                final LabState state = LabState.load(files);
                if (state == null || !state.id().equals(id)) {
                    return false;
                }
            }
            remove("taking the lab down", false);
            return true;
        }
    }

    /** Stays until the person ends it (as an interrupt) or another command takes this lab away. */
    void stay(LabState lab) throws InterruptedException {
        final Set<String> ended = new HashSet<>();
        while (true) {
            final LabState now = LabState.load(files);
            if (now == null || !now.id().equals(lab.id())) {
                progress.line("The lab was taken down by another command.");
                return;
            }
            for (Endpoint node : lab.spec().allNodes()) {
                if (new Daemon(node.label(), files).pid() == 0 && ended.add(node.label())) {
                    progress.line("The switch of " + node.label() + " has ended; see " + files.log(node.label()));
                }
            }
            Thread.sleep(WATCH_MS);
        }
    }

    private LabState make(LabState state, Path launcher) throws InterruptedException {
        final LabSpec spec = state.spec();
        state.save(files);
        NodeConfig.write(spec, files);
        progress.begin("namespaces and links");
        new Fabric(spec).create();
        progress.end();
        startAll(spec, launcher);
        final LabState up = new LabState(state.id(), true, spec);
        up.save(files);
        return up;
    }

    /** The switches, and the Service's web servers while these come up. */
    private void startAll(LabSpec spec, Path launcher) throws InterruptedException {
        final DemoService service = new DemoService(spec, files);
        final Set<Endpoint> pods = Set.copyOf(service.backends());
        service.publish(pods);
        final Daemons daemons = new Daemons(files, progress);
        final List<Daemons.Starting> switches = daemons.start(spec.allNodes(), launcher);
        final List<Daemons.Starting> webServers = daemons.start(service.backends(), launcher);
        progress.begin("switches ready after");
        daemons.awaitReady(switches);
        progress.end();
        progress.begin("web servers after");
        daemons.awaitReady(webServers);
        ServiceStatus.awaitInForce(spec, files, pods);
        progress.end();
    }

    private void giveUp(Exception why) throws InterruptedException {
        try {
            remove("cleaning up", true);
        } catch (LabException e) {
            why.addSuppressed(e);
            progress.line(e.getMessage());
        }
    }

    private void remove(String step, boolean keepLogs) throws InterruptedException {
        progress.begin(step);
        final List<Daemon> stopped = new Daemons(files, progress).stop();
        final int namespaces = Fabric.removeAll();
        files.remove(keepLogs);
        final int switches = (int) stopped.stream().filter(Daemon::isSwitch).count();
        progress.part(Texts.counted(switches, "switch", "switches") + " and "
                + Texts.counted(stopped.size() - switches, "web server", "web servers") + " stopped");
        progress.part(Texts.counted(namespaces, "namespace", "namespaces") + " removed");
        progress.end();
    }
}
