package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When watches are held for dead. */
class WatchdogTest {
    private final Answers api = new Answers();
    private final Watchdog watchdog = new Watchdog(api, Runnable::run);
    private long nowMs = 5_000;

    private static final class Answers implements Watchdog.Api {
        final List<List<String>> renewed = new ArrayList<>();
        boolean silent;
        int asked;
        String position = "1";

        @Override
        public void ask() throws IOException {
            asked++;
            if (silent) {
                throw new IOException("timed out");
            }
        }

        @Override
        public List<String> positions() {
            return List.of(position);
        }

        @Override
        public void renew(List<String> positions) {
            renewed.add(positions);
        }
    }

    private void pass(long ms) {
        for (final long until = nowMs + ms; nowMs < until; nowMs += 1_000) {
            watchdog.tick(nowMs);
        }
    }

    @Test
    void whoAnswersIsLeftAlone() {
        pass(600_000);
        assertEquals(29, api.asked);
        assertEquals(List.of(), api.renewed);
        assertNull(watchdog.problem());
    }

    @Test
    void afterASilenceWatchesThatHearNothingBeginAnewOnce() {
        pass(30_000);
        api.silent = true;
        pass(20_000);
        assertTrue(watchdog.problem().contains("timed out"), watchdog.problem());
        api.position = "2";
        api.silent = false;
        pass(20_000);
        assertNull(watchdog.problem());
        pass(60_000);
        assertEquals(List.of(), api.renewed, "bookmarks are still waited for");
        pass(300_000);
        assertEquals(List.of(List.of("1")), api.renewed, "with where they were in the silence");
    }

    /** While nothing answers there is nothing to begin with. */
    @Test
    void aLongSilenceIsWaitedOut() {
        api.silent = true;
        pass(900_000);
        assertEquals(List.of(), api.renewed);
        api.silent = false;
        pass(120_000);
        assertEquals(1, api.renewed.size());
    }
}
