package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void captures() throws InterruptedException {
        final Shell.Result result = Shell.run(PATIENCE, "some input", List.of("sh", "-c", "cat; echo bad >&2; exit 3"));
        assertEquals(new Shell.Result(3, "some input", "bad\n"), result);
        assertEquals("bad", result.said());
    }

    @Test
    void moreThanAPipeHoldsGoesThroughBothWays() throws InterruptedException {
        final String text = "0123456789".repeat(100_000);
        assertEquals(text, Shell.run(PATIENCE, text, List.of("cat")).out());
    }

    @Test
    void inputThatNobodyReadsIsNoError() throws InterruptedException {
        assertTrue(Shell.run(PATIENCE, "x".repeat(1_000_000), List.of("sh", "-c", "exec <&-; exit 0")).ok());
    }

    @Test
    void failureQuotesTheProgramAndSaysWhatToDo() {
        final String message = assertThrows(LabException.class,
                () -> Shell.must("", "sh", "-c", "echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2"))
                .getMessage();
        assertTrue(message.contains("RTNETLINK answers: Operation not permitted"), message);
        assertTrue(message.contains("privileged"), message);
    }

    @Test
    void aMissingProgramIsToldWithItsName() {
        final String message = assertThrows(LabException.class, () -> Shell.run("ringway-no-such-program"))
                .getMessage();
        assertTrue(message.startsWith("program 'ringway-no-such-program' is not installed"), message);
    }

    @Test
    void theLimitEndsTheProgram() {
        final String message = assertThrows(LabException.class,
                () -> Shell.run(Duration.ofMillis(100), "", List.of("sleep", "600"))).getMessage();
        assertEquals("'sleep 600' did not end within 0 s", message);
    }

    @Test
    void anInterruptEndsTheProgram() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> Shell.run(PATIENCE, "", List.of("sleep", "600")));
    }

    @Test
    void tasksRunSideBySideAndKeepTheirOrder() throws InterruptedException {
        final List<Concurrently.Task<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            final int number = i;
            tasks.add(() -> number);
        }
        final List<Integer> results = Concurrently.run(tasks);
        for (int i = 0; i < 100; i++) {
            assertEquals(i, results.get(i));
        }
        tasks.add(() -> {
            throw new LabException("told");
        });
        assertEquals("told", assertThrows(LabException.class, () -> Concurrently.run(tasks)).getMessage());
    }
}
