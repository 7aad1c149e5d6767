package dev.ringway.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A pod's web server on all addresses of this namespace: it answers every request by the pod's name. */
final class WebPod implements AutoCloseable {
    private static final int REQUEST = 4096;
    private static final int MOST_MS = 2000;

    private final String name;
    private final ServerSocket server;

    /** @param port 0: any that is free */
    WebPod(String name, int port) {
        this.name = name;
        try {
            server = new ServerSocket();
            // Connections of a server that was killed may linger.
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(port));
        } catch (IOException e) {
            throw new LabException("the web server of " + name + " cannot listen on port " + port + ": "
                    + e.getMessage());
        }
        Thread.ofVirtual().name("web-" + name).start(this::accept);
    }

    int port() {
        return server.getLocalPort();
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
                final String body = name + "\n";
                client.getOutputStream().write(("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The client gave up.
            return;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new LabException("closing the web server of " + name + ": " + e.getMessage());
        }
    }
}
