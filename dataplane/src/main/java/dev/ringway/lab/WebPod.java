package dev.ringway.lab;

import dev.ringway.linux.NetNs;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A pod's web server, which answers every request by the pod's name. Its socket is made inside the pod's namespace and
 * stays there, although this process is elsewhere.
 */
final class WebPod implements AutoCloseable {
    private static final int REQUEST = 4096;
    private static final int MOST_MS = 2000;

    private final Endpoint pod;
    private final ServerSocket server;

    private WebPod(Endpoint pod, ServerSocket server) {
        this.pod = pod;
        this.server = server;
        Thread.ofVirtual().name("web-" + pod.label()).start(this::accept);
    }

    /** Null if something serves there already: another command's web server. */
    static WebPod start(Endpoint pod, int port) {
        try {
            return new WebPod(pod, NetNs.call(NetNs.path(pod.namespace()), () -> {
                final ServerSocket socket = new ServerSocket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByName(pod.address(4)), port));
                return socket;
            }));
        } catch (BindException e) {
            return null;
        } catch (IOException e) {
            throw new LabException("a web server in " + pod.label() + ": " + e.getMessage());
        }
    }

    Endpoint pod() {
        return pod;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                final Socket client = server.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException e) {
                // Closed, which ends the loop; or out of descriptors, which passes.
                Thread.yield();
            }
        }
    }

    private void answer(Socket client) {
        try (client) {
            client.setSoTimeout(MOST_MS);
            if (client.getInputStream().read(new byte[REQUEST]) > 0) {
                final String body = pod.label() + "\n";
                client.getOutputStream().write(("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The client gave up.
            return;
        }
    }

    /** The server is gone from one moment to the next: connections to it are refused. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new LabException("closing the web server of " + pod.label() + ": " + e.getMessage());
        }
    }
}
