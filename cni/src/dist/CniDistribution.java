import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Puts the plugin together as it is installed: the launcher, and beside it a hidden directory with the client, a Java
 * runtime of the one module it needs and its start-up cache. Maven runs this at {@code package}:
 * <pre>java CniDistribution.java MODULE_DIR DIST JAR VERSION</pre>
 * The directory's name has the version and a digest of what went into it, and the launcher has that name written in:
 * an upgrade puts a second directory beside the first and then replaces the launcher, at once for everybody.
 */
public final class CniDistribution {
    private static final String NAME = "ringway-cni";
    private static final List<String> LINK = List.of("--add-modules", "java.base", "--strip-java-debug-attributes",
            "--no-header-files", "--no-man-pages", "--compress", "zip-6");
    private static final String ANSWER = """
            {"v":1,"ok":true,"result":{"cniVersion":"1.1.0","interfaces":[{"name":"eth0","sandbox":"/run/netns/x"}],\
            "ips":[{"address":"10.244.1.10/32","interface":0}],"routes":[{"dst":"0.0.0.0/0"}],"dns":{}}}
            """;
    private static final String CONFIG = """
            {"cniVersion":"1.1.0","name":"ringway","type":"ringway-cni","socket":"%s","ipam":{"type":"addresses"},
             "capabilities":{"portMappings":true},"runtimeConfig":{"portMappings":[{"hostPort":80,"ok":true}]}}
            """;

    private final Path module;
    private final Path dist;

    private CniDistribution(final Path module, final Path dist) {
        this.module = module;
        this.dist = dist;
    }

    /** Arguments as in the class comment. */
    public static void main(final String[] args) throws IOException, InterruptedException, GeneralSecurityException {
        new CniDistribution(Path.of(args[0]), Path.of(args[1])).make(Path.of(args[2]), args[3]);
    }

    private void make(final Path jar, final String version) throws IOException, InterruptedException,
            GeneralSecurityException {
        final String launcher = Files.readString(module.resolve("src/dist/" + NAME));
        final String recipe = Files.readString(module.resolve("src/dist/CniDistribution.java"));
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((launcher + recipe + Runtime.version()).getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(jar));
        final String build = version + "-" + HexFormat.of().formatHex(digest.digest(), 0, 4);
        final Path home = dist.resolve("." + NAME + "-" + build);
        if (Files.exists(home.resolve("lib/" + NAME + ".aot")) && Files.exists(dist.resolve(NAME))) {
            return;
        }
        System.out.println("distribution: CNI plugin " + build + " with its own runtime and start-up cache");
        deleteTree(dist);
        Files.createDirectories(dist);
        link(home);
        Files.copy(jar, home.resolve("lib/" + NAME + ".jar"), StandardCopyOption.COPY_ATTRIBUTES);
        final Path executable = Files.writeString(dist.resolve(NAME), launcher.replace("@build@", build));
        if (!executable.toFile().setExecutable(true, false)) {
            throw new IOException("cannot make " + executable + " executable");
        }
        train(executable, home);
    }

    private static void link(final Path home) {
        final Stream<String> arguments = Stream.concat(LINK.stream(), Stream.of("--output", home.toString()));
        final int code = ToolProvider.findFirst("jlink").orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException("jlink failed");
        }
    }

    /** One ADD with a delegated IPAM plugin: all that any operation does. Unlike the daemon's, it needs no rights. */
    private static void train(final Path executable, final Path home) throws IOException, InterruptedException {
        final Path work = Files.createTempDirectory(NAME);
        final Path socket = work.resolve("socket");
        final Path ipam = Files.writeString(work.resolve("addresses"), """
                #!/bin/sh
                echo '{"cniVersion":"1.1.0","ips":[{"address":"10.244.1.10/24"}],"dns":{}}'
                """);
        final Path notes = work.resolve("notes");
        final Path cache = home.resolve("lib/" + NAME + ".aot");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            if (!ipam.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + ipam + " executable");
            }
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> serve(server));
            final Path config = Files.writeString(work.resolve("config"), CONFIG.formatted(socket));
            run(executable, work, config, "-XX:AOTMode=record -XX:AOTConfiguration=" + notes);
            run(executable, work, config, "-XX:AOTMode=create -XX:AOTConfiguration=" + notes + " -XX:AOTCacheOutput="
                    + cache);
        } finally {
            deleteTree(work);
        }
        if (!Files.exists(cache)) {
            throw new IOException("the training run made no start-up cache");
        }
    }

    private static void serve(final ServerSocketChannel server) {
        try {
            while (true) {
                try (SocketChannel client = server.accept()) {
                    client.read(ByteBuffer.allocate(1 << 16));
                    client.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (ClosedChannelException e) {
            // The training is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(final Path executable, final Path work, final Path config, final String options)
            throws IOException, InterruptedException {
        final Path log = work.resolve("log");
        final ProcessBuilder builder = new ProcessBuilder(executable.toString()).redirectInput(config.toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(Map.of("CNI_COMMAND", "ADD", "CNI_CONTAINERID", "training",
                "CNI_NETNS", "/run/netns/x", "CNI_IFNAME", "eth0", "CNI_ARGS", "K8S_POD_NAME=x;IgnoreUnknown=1",
                "CNI_PATH", work.toString(), "RINGWAY_CNI_JAVA_OPTS", options));
        if (builder.start().waitFor() != 0) {
            throw new IOException("the training run failed: " + Files.readString(log));
        }
    }

    private static void deleteTree(final Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (final Path file : files.sorted(Collections.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
