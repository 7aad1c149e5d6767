package dev.ringway.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

class LabCommandTest {
    private static final int WRONG_USE = 2;

    private final StringWriter err = new StringWriter();
    private final CommandLine lab = new CommandLine(new LabCommand()).setErr(new PrintWriter(err, true));

    @Test
    void optionsOfTheCommandToRunAreItsOwn() {
        final ParseResult exec = lab.parseArgs("exec", "n1-p1", "ping", "-c", "1", "--help", "10.244.2.10")
                .subcommand();
        assertEquals("n1-p1", exec.matchedPositionalValue(0, ""));
        assertEquals(List.of("ping", "-c", "1", "--help", "10.244.2.10"),
                exec.matchedPositionalValue(1, List.<String>of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--nodes 2 up                  | options go after the word 'up'",
        "--nodes 0                     | --nodes must be 1 to 100, not 0",
        "up --encap ipip               | --encap must be vxlan or gre, not 'ipip'",
        "up --underlay both            | --underlay must be ipv4 or ipv6, not 'both'",
        "up --mtu 1000                 | --mtu must be 1330 to 65535 bytes, not 1000",
        "up --ipv6 --ipv4-only         | mutually exclusive",
        "check --seconds 0             | --seconds must be 1 to 3600, not 0",
        "exec n1-p1                    | CMD",
        "up --fast                     | Unknown option: '--fast'",
    })
    void wrongUseIsRefusedBeforeAnythingIsDone(String line, String message) {
        assertEquals(WRONG_USE, lab.execute(line.split(" ")));
        assertTrue(err.toString().contains(message), err.toString());
    }

    @Test
    void whatTheLabRunsByItselfIsNotOffered() {
        final String help = lab.getUsageMessage();
        assertTrue(help.contains("status") && help.contains("Service"), help);
        assertFalse(help.contains("serve "), help);
    }

    @Test
    void whatToTryNext() {
        final LabSpec spec = new LabSpec(2, 1, "vxlan", true, 4, "shared", 1500);
        assertEquals("""
                  ringway lab check | status | exec n1-p1 bash | down
                  ringway lab exec n1-p1 curl http://10.96.0.80/    (Service lab/web)
                  ringway lab exec outside curl http://172.30.0.1:30080/
                  ringway services --socket /run/ringway-lab/node1/ringway.sock
                  ringway flows --socket /run/ringway-lab/node1/ringway.sock
                  ringway resolve 10.244.1.10 10.96.0.80:80 --socket /run/ringway-lab/node1/ringway.sock""",
                UpCommand.next(spec, LabFiles.standard()).stripIndent());
    }

    @Test
    void placesAreFoundByBothNames() {
        final LabSpec spec = new LabSpec(2, 1, "vxlan", true, 4, "shared", 1500);
        assertEquals(spec.pod(2, 1), ExecCommand.find(spec, "n2-p1"));
        assertEquals(spec.pod(2, 1), ExecCommand.find(spec, "rw-n2-p1"));
        assertEquals(spec.node(1), ExecCommand.find(spec, "node1"));
        assertEquals(spec.outside(), ExecCommand.find(spec, "outside"));
        final String message = assertThrows(LabException.class, () -> ExecCommand.find(spec, "n3-p1")).getMessage();
        assertEquals("there is no 'n3-p1' in this lab of 2 nodes and 1 pod on each\n"
                + "  -> pods are n1-p1 to n2-p1, nodes node1 to node2, and there is 'outside'", message);
    }
}
