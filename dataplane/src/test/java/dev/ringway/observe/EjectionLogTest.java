package dev.ringway.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.service.Ejections;
import dev.ringway.service.ServiceTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EjectionLogTest {
    private static final int TCP = 6;

    @TempDir
    private Path directory;
    private ObserveRig rig;
    private EjectionLog log;
    private final List<String> lines = new ArrayList<>();
    private long nowMs = 1_000_000;

    @BeforeEach
    void start() throws Exception {
        rig = new ObserveRig(directory, ObserveRig.service("web", "10.96.0.1", "") + ObserveRig.endpoints("web",
                "10.244.2.11", "10.244.2.12"), 4096);
        rig.dataplane.ejections.add(Ejections.NONE);
        log = new EjectionLog(rig.dataplane, rig.publisher, (level, line) -> lines.add(level + " " + line));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private List<String> tick() {
        rig.load.tell(rig.nowS);
        rig.dataplane.ejections.set(0, rig.load.ejections());
        lines.clear();
        nowMs += 1000;
        log.tick(nowMs);
        return List.copyOf(lines);
    }

    private void connect(String backend, boolean refused) {
        final long flow = rig.open(TCP, "10.244.1.11:" + (1 + rig.flows.size()), "10.96.0.1:80", backend);
        rig.meter.answered(flow, refused, 100, rig.nowS);
    }

    private void eject(String backend) {
        connect(backend, true);
        connect(backend, true);
    }

    @Test
    void tellsOnceOfEachChange() {
        assertEquals(List.of(), tick());
        eject("10.244.2.12:8080");
        final String ejected = "WARNING Service test/web: backend 10.244.2.12:8080 is ejected: 2 connections in a row"
                + " were refused or not answered; it gets no new flows but one every 30 s, until that is answered";
        assertEquals(List.of(ejected), tick());
        assertEquals(List.of(), tick());
        connect("10.244.2.12:8080", true);
        assertEquals(List.of(), tick(), "still");
        connect("10.244.2.12:8080", false);
        assertEquals(List.of("INFO Service test/web: backend 10.244.2.12:8080 is back: it has answered"), tick());
        eject("10.244.2.12:8080");
        assertEquals(List.of(ejected), tick());
    }

    @Test
    void whatIsGoneIsNotBack() {
        eject("10.244.2.12:8080");
        tick();
        rig.publisher.setServices(ServiceTable.EMPTY);
        rig.load.forgetGone(rig.publisher.current().services());
        assertEquals(List.of(), tick());
    }

    @Test
    void whatFailsAgainAndAgainDoesNotFillTheLog() {
        int told = 0;
        for (int i = 0; i < 60; i++) {
            if (i % 2 == 0) {
                eject("10.244.2.12:8080");
            } else {
                connect("10.244.2.12:8080", false);
            }
            told += tick().size();
        }
        assertEquals(EjectionLog.BURST + 59_000 / EjectionLog.MS_A_LINE, told);
        nowMs += EjectionLog.MS_A_LINE;
        assertEquals(1, tick().stream().filter(line -> line.contains(" more times a backend was ejected or came back"))
                .count());
        nowMs += EjectionLog.MS_A_LINE;
        assertEquals(List.of(), tick(), "told once");
    }
}
