package dev.ringway.lab;

import picocli.CommandLine.Command;

@Command(name = "down", sortOptions = false,
        description = "Stop the switches and web servers and remove the lab, or what is left of one.")
final class DownCommand extends LabTask {
    @Override
    int run(SignalScope scope) throws InterruptedException {
        final Progress progress = progress(false);
        if (!new Lab(LabFiles.standard(), progress).down(null)) {
            progress.line("No lab is up.");
        }
        return OK;
    }
}
