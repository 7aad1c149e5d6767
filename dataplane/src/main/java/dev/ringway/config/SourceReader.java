package dev.ringway.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The sections {@code kubernetes} and {@code etcd}, of which only that of {@code cluster.source} may say anything. */
final class SourceReader {
    static final String FILE = "file";
    static final String KUBERNETES = "kubernetes";
    static final String ETCD = "etcd";

    private SourceReader() {
    }

    /**
     * @param source   what {@code cluster.source} says
     * @param stateDir where the node keeps what must outlive a restart
     */
    static SourceConfig read(Section root, String source, Path stateDir) {
        final Value kubernetes = root.value(KUBERNETES);
        final Value etcd = root.value(ETCD);
        for (Value section : new Value[] {kubernetes, etcd}) {
            if (!section.isAbsent() && !section.path().equals(source)) {
                section.refuse("is only read with cluster.source: " + section.path() + ", which is " + source);
            }
        }
        return switch (source) {
            case KUBERNETES -> kubernetes(kubernetes.section(), stateDir);
            case ETCD -> EtcdReader.read(etcd.section(), stateDir);
            default -> new SourceConfig.Files(fileState(stateDir));
        };
    }

    /** Where what files said last is kept. */
    static Path fileState(Path stateDir) {
        return stateDir.resolve("file.json");
    }

    private static SourceConfig kubernetes(Section section, Path stateDir) {
        try (section) {
            final Value apiServer = section.value("apiServer");
            final Value kubeconfig = section.value("kubeconfig");
            final int version = switch (section.value("addressFamily").choice("auto", "ipv4", "ipv6")) {
                case "ipv4" -> 4;
                case "ipv6" -> 6;
                default -> 0;
            };
            return new SourceConfig.Kubernetes(apiServer.isAuto() ? null : apiServer.parsed("", SourceReader::url),
                    kubeconfig.isAbsent() || kubeconfig.isWord("none") ? null
                            : kubeconfig.parsed("", Names::absolutePath),
                    version, ClusterReader.outsideClients(section), stateDir.resolve("kubernetes.json"));
        }
    }

    static String url(String text) {
        try {
            final URI uri = new URI(text);
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return text;
            }
        } catch (URISyntaxException e) {
            // Told below.
        }
        throw new IllegalArgumentException("'" + text + "' is no URL as https://192.0.2.1:6443");
    }
}
