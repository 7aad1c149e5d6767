package dev.ringway.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Configurations for tests. */
final class ConfigFiles {
    static final Path FILE = Path.of("node.yaml");

    /** The least that a dual-stack node of two needs, and a pod. */
    static final String SMALL = """
            node: node1
            cluster:
              podCidrs: [10.244.0.0/16, "fd00:244::/32"]
              nodes:
                - name: node1
                  address: 172.30.0.1
                  podCidrs: [10.244.1.0/24, "fd00:244:1::/64"]
                - name: node2
                  address: 172.30.0.2
                  podCidrs: [10.244.2.0/24, "fd00:244:2::/64"]
            pods:
              - name: default/web-1
                netns: web-1
                addresses: [10.244.1.10, "fd00:244:1::a"]
            """;

    private ConfigFiles() {
    }

    static SwitchConfig parse(String yaml) throws ConfigException {
        return SwitchConfigReader.read(FILE, ConfigTree.parse(FILE, yaml));
    }

    /** What is wrong with a file, without the file's name; nothing if it is right. */
    static List<String> problems(String yaml) {
        try {
            parse(yaml);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    /** conf/ringway.yaml of the repository, wherever below it the tests run. */
    static Path sample() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("conf/ringway.yaml"))) {
            directory = directory.getParent();
        }
        return directory.resolve("conf/ringway.yaml");
    }
}
