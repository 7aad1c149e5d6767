package dev.ringway.control.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.control.store.Following;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources against a real etcd that wants a certificate and a password. */
class EtcdSecurityTest {
    @TempDir
    private Path directory;
    private EtcdServer etcd;
    private Hosts hosts;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        final String ca = directory.resolve("ca.pem").toString();
        final String key = directory.resolve("ca.key").toString();
        assertEquals(0, new ProcessBuilder("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=root", "-addext",
                "subjectAltName=IP:127.0.0.1", "-addext", "extendedKeyUsage=serverAuth,clientAuth", "-keyout", key,
                "-out", ca).redirectErrorStream(true).redirectOutput(directory.resolve("openssl.log").toFile()).start()
                .waitFor());
        etcd = new EtcdServer(directory, "https", "--cert-file", ca, "--key-file", key, "--trusted-ca-file", ca,
                "--client-cert-auth");
        hosts = new Hosts(directory, etcd.url());
        hosts.ca = Path.of(ca);
        hosts.cert = Path.of(ca);
        hosts.key = Path.of(key);
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    @Test
    void certificates() {
        hosts.endpoints = List.of(etcd.url(), etcd.url());
        try (Following one = hosts.follow(1)) {
            one.await("its place", () -> one.cluster != null);
            one.source.announce();
            one.await("its key", () -> !etcd.get("/ringway/nodes/node1").isEmpty());
            assertEquals(List.of(), one.source.warnings());
        }
        hosts.ca = null;
        try (Following two = hosts.follow(2)) {
            two.await("a word on it", () -> two.warns("unable to find valid certification path"));
        }
        hosts.ca = hosts.key;
        try (Following three = hosts.follow(3)) {
            three.await("a word on it", () -> three.warns("ca.key"));
        }
    }

    @Test
    void passwords() {
        etcd.ctl("user", "add", "root:secret");
        etcd.ctl("user", "grant-role", "root", "root");
        etcd.ctl("role", "add", "ringway");
        etcd.ctl("role", "grant-permission", "ringway", "--prefix=true", "readwrite", "/ringway/");
        etcd.ctl("user", "add", "ringway:hush");
        etcd.ctl("user", "grant-role", "ringway", "ringway");
        etcd.ctl("auth", "enable");
        hosts.user = "ringway";
        hosts.password = "wrong";
        try (Following one = hosts.follow(1)) {
            one.await("a word on it", () -> one.warns("authentication failed"));
        }
        hosts.password = "hush";
        try (Following one = hosts.follow(1)) {
            one.await("its place", () -> one.cluster != null);
            one.source.announce();
            one.await("its key", () -> !etcd.get("/ringway/nodes/node1").isEmpty());
            etcd.ctl("put", "/ringway/nodes/node9", Hosts.node(9));
            one.await("node9", () -> one.peers().equals(List.of("node9")));
        }
    }
}
