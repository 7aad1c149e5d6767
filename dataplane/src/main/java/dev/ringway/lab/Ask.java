package dev.ringway.lab;

import java.nio.file.Path;

/**
 * Who asks what: the rows of the demo Service's table.
 *
 * @param address the Service's or a node's
 */
record Ask(Endpoint from, String address, int port) {
    static String url(String address, int port) {
        return "http://" + hostPort(address, port).replaceFirst(":80$", "") + "/";
    }

    String to() {
        return hostPort(address, port);
    }

    String text() {
        return from.label() + " -> " + to();
    }

    /** To be typed; in quotes because a shell takes an IPv6 address in brackets for a pattern. */
    String command() {
        final String url = url(address, port);
        return "ringway lab exec " + from.label() + " curl " + (address.contains(":") ? "'" + url + "'" : url);
    }

    /** The client's address that belongs to the one it asks. */
    String source() {
        return from.address(address.contains(":") ? 6 : 4);
    }

    /** To be typed: what the switch of this socket makes of it. */
    String resolveCommand(Path socket) {
        return "ringway resolve " + source() + " " + to() + " --socket " + socket;
    }

    private static String hostPort(String address, int port) {
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }
}
