package dev.ringway.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * Tells when something changes in a directory (inotify(7)), so that files in it need not be looked at all the time. Who
 * listens must look now and then all the same: network file systems tell nothing.
 */
final class DirectoryWatch {
    private final WatchService service;

    /** @param changed called by a thread of its own, once for changes that come together */
    DirectoryWatch(Path directory, Runnable changed) throws IOException {
        service = directory.getFileSystem().newWatchService();
        directory.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
        Thread.ofPlatform().daemon().name("watch").start(() -> run(changed));
    }

    private void run(Runnable changed) {
        try {
            boolean there = true;
            while (there) {
                final WatchKey key = service.take();
                key.pollEvents();
                changed.run();
                there = key.reset();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
