package dev.ringway.observe;

/** Limits of the JDK's HTTP server, which waits for ever by itself: for a request's end, and for room. */
public final class HttpLimits {
    private HttpLimits() {
    }

    /** Sets them for all servers of this process, unless the command line has; before the first is made. */
    public static void set() {
        setUnlessSet("sun.net.httpserver.maxReqTime", "10");
        setUnlessSet("sun.net.httpserver.maxRspTime", "30");
        setUnlessSet("jdk.httpserver.maxConnections", "64");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
