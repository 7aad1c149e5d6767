package dev.ringway.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs code inside a network namespace. setns(2) moves a thread, not the process, and a Java platform thread is one
 * kernel thread: each call gets a thread of its own that ends afterwards, so that no thread is ever left in a pod.
 */
public final class NetNs {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int CLONE_NEWNET = 0x40000000;
    /** ioctl_nsfs(2): the kind of namespace behind a descriptor. */
    private static final long NS_GET_NSTYPE = 0xb703;
    private static final Path NAMED = Path.of("/run/netns");

    private NetNs() {
    }

    /** A namespace's path: absolute paths as they are, plain names below /run/netns as iproute2 has them. */
    public static Path path(String nameOrPath) {
        return nameOrPath.startsWith("/") ? Path.of(nameOrPath) : NAMED.resolve(nameOrPath);
    }

    /** True if the file is a network namespace (a file of nsfs, and of that kind); links are followed. */
    public static boolean isOne(Path file) throws LinuxException {
        // A pipe without a writer, or a device, must not hold us up.
        final int opened = Libc.open(file.toString(), O_RDONLY_CLOEXEC | O_NONBLOCK);
        if (opened < 0) {
            throw new LinuxException("opening " + file, -opened);
        }
        try (Fd fd = new Fd(opened)) {
            return Libc.ioctl(fd.number(), NS_GET_NSTYPE, 0) == CLONE_NEWNET;
        }
    }

    /** Device and inode number of a namespace's file: the same file, the same namespace, until it is gone. */
    public static String identity(Path netns) throws IOException {
        final Map<String, Object> attributes = Files.readAttributes(netns, "unix:dev,ino");
        return attributes.get("dev") + ":" + attributes.get("ino");
    }

    /**
     * Runs {@code work} in the namespace at {@code netns}, or in the caller's if it is null.
     *
     * @throws IOException if the namespace cannot be entered, or what the work threw
     */
    public static <T> T call(Path netns, Callable<T> work) throws IOException {
        final CompletableFuture<T> result = new CompletableFuture<>();
        final Thread thread = Thread.ofPlatform().name("netns").unstarted(() -> {
            try {
                if (netns != null) {
                    enter(netns);
                }
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in namespace " + netns, e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Error error -> throw error;
                default -> throw new IOException("in namespace " + netns, e.getCause());
            }
        }
    }

    private static void enter(Path netns) throws IOException {
        if (!Files.exists(netns)) {
            throw new LinuxException("network namespace " + netns, Errno.ENOENT);
        }
        final int opened = Libc.open(netns.toString(), O_RDONLY_CLOEXEC);
        if (opened < 0) {
            throw new LinuxException("opening network namespace " + netns, -opened);
        }
        try (Fd fd = new Fd(opened)) {
            final int entered = Libc.setns(fd.number(), CLONE_NEWNET);
            if (entered < 0) {
                throw new LinuxException("entering network namespace " + netns, -entered);
            }
        }
    }
}
