package dev.ringway.podnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketFileTest {
    @TempDir
    private Path directory;

    private Path socket;

    @BeforeEach
    void choosePath() {
        socket = directory.resolve("run/ringway.sock");
    }

    @Test
    void makesAPrivateDirectory() throws IOException {
        try (ControlSocketFile file = ControlSocketFile.claim(socket)) {
            assertEquals(socket, file.socket());
            assertEquals("rwx------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
            assertEquals(ProcessHandle.current().pid() + "\n",
                    Files.readString(socket.resolveSibling("ringway.sock.lock")));
        }
    }

    @Test
    void oneAtATime() throws IOException {
        try (ControlSocketFile file = ControlSocketFile.claim(socket)) {
            assertTrue(refusal().startsWith("another switch runs with control socket " + file.socket() + " (process "
                    + ProcessHandle.current().pid() + ")"), this::refusal);
        }
        ControlSocketFile.claim(socket).close();
    }

    @Test
    void aSocketThatNobodyListensAtIsRemoved() throws IOException {
        ControlSocketFile.claim(socket).close();
        listen().close();
        assertTrue(Files.exists(socket));
        try (ControlSocketFile file = ControlSocketFile.claim(socket)) {
            assertFalse(Files.exists(file.socket()));
        }
    }

    @Test
    void aSocketThatAnswersIsNot() throws IOException {
        ControlSocketFile.claim(socket).close();
        try (ServerSocketChannel other = listen()) {
            assertTrue(other.isOpen());
            assertEquals("something else answers at control socket " + socket + "; stop it first", refusal());
        }
        ControlSocketFile.claim(socket).close();
    }

    @Test
    void aFileThatIsNoSocketStays() throws IOException {
        ControlSocketFile.claim(socket).close();
        Files.writeString(socket, "precious");
        assertEquals(socket + " is there and is no socket; remove it or change control.socket", refusal());
        assertEquals("precious", Files.readString(socket));
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    private String refusal() {
        return assertThrows(IOException.class, () -> ControlSocketFile.claim(socket)).getMessage();
    }
}
