package dev.ringway.control.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands between a client and a server on loopback, and can behave like a way that is lost: connections of before are
 * dead from then on without an end, and new ones are taken and get no answer until the way is there again.
 */
final class Relay implements AutoCloseable {
    private final ServerSocket listening;
    private final int server;
    private final List<Socket> sockets = new ArrayList<>();
    /** Connections of earlier generations are dead. */
    private volatile int generation;
    private volatile boolean lost;

    /** @param server port where the server listens */
    Relay(int server) throws IOException {
        this.server = server;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    String url() {
        return "http://localhost:" + listening.getLocalPort();
    }

    void lose() {
        lost = true;
        generation++;
    }

    void find() {
        lost = false;
    }

    private void accept() {
        try {
            while (true) {
                final Socket client = keep(listening.accept());
                if (!lost) {
                    final Socket onward = keep(new Socket(InetAddress.getLoopbackAddress(), server));
                    final int born = generation;
                    thread(() -> copy(client, onward, born));
                    thread(() -> copy(onward, client, born));
                }
            }
        } catch (IOException e) {
            // Closed.
            return;
        }
    }

    private synchronized Socket keep(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private void copy(Socket from, Socket to, int born) {
        final byte[] bytes = new byte[8192];
        try {
            final InputStream in = from.getInputStream();
            final OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (born == generation) {
                    out.write(bytes, 0, count);
                }
            }
            if (born == generation) {
                to.close();
            }
        } catch (IOException e) {
            // The other direction has ended.
            return;
        }
    }

    private static void thread(Runnable task) {
        Thread.ofVirtual().start(task);
    }

    @Override
    public synchronized void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
