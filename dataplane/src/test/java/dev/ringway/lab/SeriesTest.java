package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests to a pod's web server, all in the namespace of this test. */
class SeriesTest {
    private static final Endpoint FROM = new LabSpec(1, 1, "vxlan", true, 4, "shared", 1500).pod(1, 1);
    private static final int REQUESTS = 5;

    private static Ask ask(String address, WebPod pod) {
        return new Ask(FROM, address, pod.port());
    }

    @Test
    void thePodsNameIsTheAnswer() throws InterruptedException {
        try (WebPod pod = new WebPod("n1-p1", 0); Series series = new Series(ask("127.0.0.1", pod), null)) {
            final List<String> answers = series.await(REQUESTS);
            assertTrue(answers.size() >= REQUESTS, answers::toString);
            assertEquals(Collections.nCopies(answers.size(), "n1-p1"), answers);
        }
    }

    @Test
    void whatBeginsAfterTheServersEndFails() throws InterruptedException {
        try (WebPod pod = new WebPod("n1-p1", 0); Series series = new Series(ask("127.0.0.1", pod), null)) {
            series.await(REQUESTS);
            final int after = series.meanwhile(pod::close);
            final List<String> answers = series.await(after + REQUESTS);
            assertTrue(after > REQUESTS, "the one that was under way counts as one before");
            assertEquals(Collections.nCopies(after - 1, "n1-p1"), answers.subList(0, after - 1));
            final List<String> rest = answers.subList(after, answers.size());
            assertTrue(rest.size() >= REQUESTS, rest::toString);
            assertEquals(Collections.nCopies(rest.size(), Series.FAILED), rest);
        }
    }

    @Test
    void waitsForWhatIsWanted() throws InterruptedException {
        try (WebPod pod = new WebPod("n2-p1", 0); Series series = new Series(ask("127.0.0.1", pod), null)) {
            assertTrue(series.await(answers -> answers.contains("n2-p1")).contains("n2-p1"));
        }
    }

    @Test
    void aNamespaceThatIsNotThereIsTold() {
        try (WebPod pod = new WebPod("n1-p1", 0);
                Series series = new Series(ask("127.0.0.1", pod), Path.of("/run/netns/rw-none"))) {
            final String message = assertThrows(LabException.class, () -> series.await(1)).getMessage();
            assertTrue(message.startsWith("requests from n1-p1: ") && message.contains("/run/netns/rw-none"), message);
        }
    }

    @Test
    void aPortThatIsTakenIsTold() {
        try (WebPod pod = new WebPod("n1-p1", 0)) {
            final String message = assertThrows(LabException.class, () -> new WebPod("n1-p2", pod.port())).getMessage();
            assertTrue(message.startsWith("the web server of n1-p2 cannot listen on port " + pod.port()), message);
        }
    }
}
