package dev.ringway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.encap.VxlanSettings;
import dev.ringway.service.Balance;
import dev.ringway.shard.ThreadingMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** conf/ringway.yaml documents every key: what it says the defaults are must be what they are. */
class SampleConfigTest {
    private static final Pattern DEFAULT = Pattern.compile("( *)# (\\w+): ([\\w./:]+)");

    @Test
    void parses() throws ConfigException {
        final SwitchConfig config = SwitchConfig.read(ConfigFiles.sample());
        assertEquals("node1", config.node());
        assertEquals(2, config.cluster().nodes().size());
        assertEquals(new EncapConfig(new VxlanSettings(1), 4789, false, true), config.encap());
        assertEquals(new HostConfig("ringway0", true), config.host());
        assertEquals(new ThreadingConfig(ThreadingMode.SHARED, 1, false), config.threading());
        assertEquals(512, config.ringSlots());
        assertEquals(new SocketsConfig(16, 8_388_608, 8_388_608, true, true), config.sockets());
        assertTrue(config.tunOffload());
        assertTrue(config.removeAtStop());
        assertEquals(Path.of("/run/ringway/ringway.sock"), config.controlSocket());
        assertEquals(new ServicesConfig(null, List.of(), "", Balance.RANDOM, 262_144, false,
                new EjectionConfig(false, 3, 10), null), config.services());
        assertEquals(new InetSocketAddress("127.0.0.1", 9465), config.metrics());
        assertFalse(config.jsonLog());
        assertEquals("eth0", config.pods().getFirst().interfaceName());
        assertEquals(Path.of("/run/netns/web-1"), config.pods().getFirst().netns());
    }

    @Test
    void commentedDefaultsAreTheDefaults() throws IOException, ConfigException {
        final List<String> lines = new ArrayList<>();
        int defaults = 0;
        for (String line : Files.readAllLines(ConfigFiles.sample())) {
            final Matcher match = DEFAULT.matcher(line);
            if (match.matches()) {
                lines.add(match.group(1) + match.group(2) + ": " + match.group(3));
                defaults++;
            } else {
                lines.add(line);
            }
        }
        assertEquals(41, defaults);
        assertEquals(SwitchConfig.read(ConfigFiles.sample()), ConfigFiles.parse(String.join("\n", lines)));
    }
}
