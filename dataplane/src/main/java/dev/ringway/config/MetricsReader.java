package dev.ringway.config;

import java.net.InetSocketAddress;

/** The section {@code metrics}. */
final class MetricsReader {
    private static final String LISTEN = "127.0.0.1:9465";

    private MetricsReader() {
    }

    /** Where to listen, or null: nowhere. */
    static InetSocketAddress read(Section section) {
        try (section) {
            final Value listen = section.value("listen");
            if (listen.isWord("none")) {
                return null;
            }
            return listen.isAbsent() ? Names.listen(LISTEN) : listen.parsed("an address and port", Names::listen);
        }
    }
}
