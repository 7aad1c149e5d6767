package dev.ringway.control.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.fabric8.kubernetes.client.internal.CertUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * How the client reaches the API: by a kubeconfig, or as a pod, by the service account that the kubelet mounts and
 * renews. Nothing else is looked for: no file in a home directory, no system property.
 */
final class ClientConfig {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final int REQUEST_TIMEOUT_MS = 15_000;
    private static final int RETRIES = 2;
    private static final int RECONNECT_MS = 500;
    private static final String PKCS8 = "-----BEGIN PRIVATE KEY-----";

    private ClientConfig() {
    }

    /** @throws IllegalArgumentException that tells people what is missing */
    static Config of(KubernetesSettings settings) {
        final Config base = settings.kubeconfig() == null
                ? ofPod(settings, System.getenv("KUBERNETES_SERVICE_HOST"), System.getenv("KUBERNETES_SERVICE_PORT"))
                : ofFile(settings.kubeconfig());
        final ConfigBuilder config = new ConfigBuilder(base).withUserAgent("ringway/" + settings.version())
                // One connection for all would make all wait for the time-outs of a peer that is gone.
                .withHttp2Disable(true).withRequestTimeout(REQUEST_TIMEOUT_MS).withRequestRetryBackoffLimit(RETRIES)
                .withWatchReconnectInterval(RECONNECT_MS);
        return (settings.apiServer() == null ? config : config.withMasterUrl(settings.apiServer())).build();
    }

    private static Config ofFile(Path kubeconfig) {
        if (!Files.isReadable(kubeconfig)) {
            throw new IllegalArgumentException(kubeconfig + " cannot be read");
        }
        final Config config = Config.fromKubeconfig(kubeconfig.toFile());
        if (isPkcs8OfCurve(config)) {
            // The client goes by the PEM header, which tells that of SEC 1 only.
            config.setClientKeyAlgo("EC");
        }
        return config;
    }

    private static boolean isPkcs8OfCurve(Config config) {
        try (InputStream key = CertUtils.getInputStreamFromDataOrFile(config.getClientKeyData(),
                config.getClientKeyFile())) {
            final String pem = key == null ? "" : new String(key.readAllBytes(), StandardCharsets.US_ASCII);
            if (!pem.startsWith(PKCS8)) {
                return false;
            }
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(
                    pem.substring(PKCS8.length(), pem.indexOf("-----END")))));
            return true;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // Whatever is wrong with it, the client tells.
            return false;
        }
    }

    private static Config ofPod(KubernetesSettings settings, String host, String port) {
        final ConfigBuilder config = new ConfigBuilder(Config.empty());
        if (host != null && port != null) {
            config.withMasterUrl("https://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
        } else if (settings.apiServer() == null) {
            throw new IllegalArgumentException("no API server is configured, and this is no pod of a cluster"
                    + " (KUBERNETES_SERVICE_HOST is not set)");
        }
        final Path authority = ACCOUNT.resolve("ca.crt");
        final Path token = ACCOUNT.resolve("token");
        if (Files.exists(authority)) {
            config.withCaCertFile(authority.toString());
        }
        if (Files.exists(token)) {
            config.withOauthTokenProvider(new TokenFile(token));
        }
        return config.build();
    }

    /** A token that is replaced about every hour. */
    private record TokenFile(Path file) implements OAuthTokenProvider {
        @Override
        public String getToken() {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw new UncheckedIOException("the service account's token: " + e.getMessage(), e);
            }
        }
    }
}
