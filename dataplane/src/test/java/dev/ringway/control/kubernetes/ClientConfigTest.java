package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kubeconfigs as administrators, kubeadm, k3s and openssl make them. */
class ClientConfigTest {
    @TempDir
    private Path directory;

    private KubernetesSettings settings(Path kubeconfig) {
        return Objects.settings(null, kubeconfig, directory.resolve("state"));
    }

    private void openssl(String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .start();
        final String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
    }

    private String base64(String file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(directory.resolve(file)));
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, rsa_keygen_bits:2048, rsa -traditional, BEGIN RSA PRIVATE KEY",
        "RSA, rsa_keygen_bits:2048, pkcs8 -topk8 -nocrypt, BEGIN PRIVATE KEY",
        "EC, ec_paramgen_curve:P-256, ec, BEGIN EC PRIVATE KEY",
        "EC, ec_paramgen_curve:P-256, pkcs8 -topk8 -nocrypt, BEGIN PRIVATE KEY"})
    void clientCertificates(String algorithm, String option, String writer, String header) throws Exception {
        openssl("req", "-x509", "-newkey", algorithm, "-pkeyopt", option, "-nodes", "-subj", "/CN=admin", "-keyout",
                "made.key", "-out", "crt");
        openssl((writer + " -in made.key -out key").split(" "));
        assertTrue(Files.readString(directory.resolve("key")).contains(header));
        for (String credentials : new String[] {
            "client-certificate-data: " + base64("crt") + ", client-key-data: " + base64("key"),
            "client-certificate: " + directory.resolve("crt") + ", client-key: " + directory.resolve("key")}) {
            final Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: c, cluster: {server: "https://192.0.2.1:6443"}}]
                    users: [{name: u, user: {%s}}]
                    contexts: [{name: x, context: {cluster: c, user: u}}]
                    current-context: x
                    """.formatted(credentials));
            final Config config = ClientConfig.of(settings(kubeconfig));
            assertEquals("https://192.0.2.1:6443/", config.getMasterUrl());
            final X509ExtendedKeyManager keys = (X509ExtendedKeyManager) SSLUtils.keyManagers(config)[0];
            final String alias = keys.getClientAliases(algorithm, null)[0];
            assertNotNull(keys.getPrivateKey(alias));
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        final Path none = directory.resolve("none");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ClientConfig.of(settings(none))).getMessage()
                .contains(none.toString()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ClientConfig.of(settings(null))).getMessage()
                .contains("KUBERNETES_SERVICE_HOST"));
    }
}
