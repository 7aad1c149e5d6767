package dev.ringway.control.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/etcd.md shows is what is read. */
class DocumentedKeysTest {
    private static final Path DOCUMENT = Path.of("../docs/etcd.md");

    private static Entry entry(String key, String value) {
        return new Entry(key, value, 1, 1, 0);
    }

    @Test
    void examples() throws IOException {
        final String text = Files.readString(DOCUMENT);
        final Feeds feeds = new Feeds("/ringway");
        feeds.beginList(false);
        final List<String> objects = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(text).results()
                .map(match -> match.group(1)).toList();
        assertEquals(2, objects.size());
        feeds.list(entry("services/default/web", objects.get(0)));
        feeds.list(entry("endpointslices/default/web-1", objects.get(1)));
        final Matcher puts = Pattern.compile("^etcdctl put /ringway/((nodes|ranges)/\\S+) '?(.*?)'?$",
                Pattern.MULTILINE).matcher(text);
        int found = 0;
        while (puts.find()) {
            feeds.list(entry(puts.group(1), puts.group(3)));
            found++;
        }
        feeds.endList();
        assertEquals(List.of(), feeds.warnings());
        assertEquals(3, found);
        assertEquals(1, feeds.nodes.mailbox().take().changes().size());
        assertEquals(2, feeds.ranges.mailbox().take().changes().size());
        assertEquals(2, feeds.slices.mailbox().take().changes().get("default/web-1").endpoints().size());
        assertEquals(1, feeds.services.mailbox().take().changes().get("default/web").clusterIps().size());
    }
}
