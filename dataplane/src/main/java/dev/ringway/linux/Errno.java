package dev.ringway.linux;

import java.util.Map;

/** Error numbers of Linux (asm-generic/errno.h) that the switch tells apart. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int ENOSYS = 38;
    public static final int EBADFD = 77;
    public static final int EMSGSIZE = 90;
    public static final int EOPNOTSUPP = 95;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int EHOSTUNREACH = 113;
    public static final int ECANCELED = 125;

    private static final Map<Integer, String> TEXTS = Map.ofEntries(
            Map.entry(EPERM, "operation not permitted (needs root: CAP_NET_ADMIN and CAP_SYS_ADMIN)"),
            Map.entry(ENOENT, "no such file"),
            Map.entry(EIO, "input/output error (device down)"),
            Map.entry(EAGAIN, "would block"),
            Map.entry(EBUSY, "busy (another process holds the device)"),
            Map.entry(EEXIST, "exists already"),
            Map.entry(ENODEV, "no such device"),
            Map.entry(EINVAL, "invalid argument"),
            Map.entry(EMFILE, "too many files or inotify instances (fs.inotify.max_user_instances)"),
            Map.entry(ENOSPC, "no space, or too many inotify watches (fs.inotify.max_user_watches)"),
            Map.entry(ENOSYS, "the kernel does not have it"),
            Map.entry(EBADFD, "device is gone"),
            Map.entry(EMSGSIZE, "message too long"),
            Map.entry(EOPNOTSUPP, "not supported"),
            Map.entry(EADDRINUSE, "address already in use"),
            Map.entry(EADDRNOTAVAIL, "address is not on this machine"),
            Map.entry(ENETDOWN, "network is down"),
            Map.entry(ENETUNREACH, "network is unreachable"),
            Map.entry(ENOBUFS, "no buffer space"),
            Map.entry(EHOSTUNREACH, "no route to host"));

    private Errno() {
    }

    public static String describe(int errno) {
        final String text = TEXTS.get(errno);
        return text == null ? "errno " + errno : text + " (errno " + errno + ")";
    }
}
