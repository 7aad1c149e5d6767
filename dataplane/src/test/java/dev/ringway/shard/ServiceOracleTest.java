package dev.ringway.shard;

import static dev.ringway.shard.Topology.HOST;
import static dev.ringway.shard.Topology.POD_A;
import static dev.ringway.shard.Topology.POD_B;
import static dev.ringway.shard.Topology.POD_JUMBO;
import static dev.ringway.shard.Topology.POD_TCP;
import static dev.ringway.shard.Topology.gateway4;
import static dev.ringway.shard.Topology.gateway6;
import static dev.ringway.shard.Topology.pod4;
import static dev.ringway.shard.Topology.pod6;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.shard.NaiveNat.Client;
import dev.ringway.shard.NaivePacket.End;
import dev.ringway.shard.NaivePacket.Protocol;
import dev.ringway.shard.NaiveService.Backend;
import dev.ringway.testing.Seeded;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The switch beside {@link NaiveNat}: random traffic of pods, of the node, of clients outside and of other nodes to
 * many Services, over both IP versions and all protocols, while backends and Services come and go and time passes.
 * Every packet that goes in is followed to what comes out, byte for byte.
 */
class ServiceOracleTest {
    private static final int ROUNDS = 2;
    private static final int STEPS = 5_000;

    /** What must have happened in the runs, or they show nothing. */
    private static final String[] MET = {"4 TCP", "6 TCP", "4 UDP", "6 UDP", "4 SCTP", "6 SCTP", "4 PING", "6 PING",
        "answered TCP", "answered TCP masqueraded", "answered UDP masqueraded", "answered SCTP masqueraded",
        "answered PING masqueraded", "hairpin TCP", "hairpin UDP", "hairpin PING", "same port",
        "error to client TCP masqueraded", "error to client UDP masqueraded",
        "error to client SCTP masqueraded", "error to client PING masqueraded", "error to backend TCP masqueraded",
        "error to backend UDP masqueraded", "error to backend SCTP masqueraded", "error to backend PING masqueraded",
        "fragments [0, 1, 2]", "fragments [2, 1, 0]", "affinity", "maglev again", "moved",
        "no service", "no backend", "late TCP", "port unreachable",
        "reopened TIME_WAIT", "refused by an error"};

    private static final List<Client> CLIENTS = List.of(new Client(pod4(1, POD_A), POD_A, false),
            new Client(pod6(1, POD_A), POD_A, false), new Client(pod4(1, POD_JUMBO), POD_JUMBO, false),
            new Client(pod6(1, POD_B), POD_B, false), new Client(gateway4(1), HOST, false),
            new Client(gateway6(1), HOST, false), new Client("192.0.2.7", HOST, true),
            new Client("192.0.2.8", HOST, true), new Client("2001:db8::7", HOST, true));
    /** Of another node, which keeps their addresses. */
    private static final List<Client> KEPT = List.of(new Client("192.0.2.7", -2, true),
            new Client("198.51.100.7", -3, true), new Client("2001:db8::7", -2, true));

    private static List<Backend> backends(boolean six, int port) {
        final List<Backend> all = new ArrayList<>();
        for (int pod : new int[] {POD_A, POD_B, POD_TCP}) {
            all.add(new Backend(new End(six ? pod6(1, pod) : pod4(1, pod), port), pod, true));
        }
        for (int node = 2; node <= 3; node++) {
            all.add(new Backend(new End(six ? pod6(node, POD_B) : pod4(node, POD_B), port), -node, false));
        }
        all.add(new Backend(new End(six ? "fd00:30::1" : "172.30.0.1", port), HOST, true));
        return all;
    }

    private static List<NaiveService> services(boolean keepsClients) {
        final List<NaiveService> all = new ArrayList<>();
        for (boolean six : new boolean[] {false, true}) {
            final String prefix = six ? "fd00:96::1" : "10.96.0.1";
            final String external = six ? "2001:db8:e::1" : "203.0.113.1";
            final int id = six ? 10 : 1;
            all.add(new NaiveService(id, Protocol.TCP, new End(prefix + 0, 80), backends(six, 8080)).token(30_080)
                    .external(external + 0));
            all.add(new NaiveService(id + 1, Protocol.UDP, new End(prefix + 0, 53), backends(six, 5353)).token(30_053)
                    .external(external + 0));
            all.add(new NaiveService(id + 2, Protocol.SCTP, new End(prefix + 0, 3868), backends(six, 3868))
                    .token(30_868));
            all.add(new NaiveService(id + 3, Protocol.TCP, new End(prefix + 1, 443), backends(six, 8080)).affinity(600)
                    .external(external + 1));
            all.add(new NaiveService(id + 4, Protocol.UDP, new End(prefix + 2, 53), backends(six, 5353)).affinity(20)
                    .token(30_054));
            all.add(new NaiveService(id + 5, Protocol.TCP, new End(prefix + 3, 80),
                    backends(six, 8080).subList(2, 5)).externalLocal().token(30_081).external(external + 3)
                    .leastFlows());
            all.add(new NaiveService(id + 6, Protocol.UDP, new End(prefix + 4, 53),
                    backends(six, 53).subList(2, 5)).externalLocal().token(30_055));
            all.add(new NaiveService(id + 7, Protocol.TCP, new End(prefix + 5, 80), backends(six, 80)).maglev()
                    .token(30_082));
        }
        if (keepsClients) {
            for (boolean six : new boolean[] {false, true}) {
                final Backend pod = backends(six, 8080).get(1);
                all.add(NaiveService.pod(Protocol.TCP, pod));
                all.add(NaiveService.pod(Protocol.SCTP, pod));
                all.add(NaiveService.pod(Protocol.UDP, backends(six, 5353).get(2)));
            }
        }
        return all;
    }

    private static void runs(int shards, boolean keepsClients, String... met) {
        final List<Client> clients = new ArrayList<>(CLIENTS);
        if (keepsClients) {
            clients.addAll(KEPT);
        }
        final Set<String> all = new HashSet<>();
        Seeded.rounds(ROUNDS, random -> {
            try (OracleRun run = new OracleRun(random, shards, services(keepsClients), clients, keepsClients)) {
                run.steps(STEPS);
                all.addAll(run.met());
            }
        });
        final Set<String> missed = new TreeSet<>(List.of(MET));
        missed.addAll(List.of(met));
        missed.removeAll(all);
        assertEquals(Set.of(), missed, "has not happened");
    }

    /** Here time passes as it likes: flows know exactly when they are over. */
    @Test
    void oneShard() {
        runs(1, false, "invalid", "hairpin SCTP", "no local backend", "other port", "late SCTP", "reopened CLOSE",
                "reopened CLOSED", "reopened SHUTDOWN", "timed out UNREPLIED", "timed out REPLIED",
                "timed out STREAM", "timed out SYN_SENT", "timed out SYN_RECV", "timed out ESTABLISHED",
                "timed out FIN_WAIT", "timed out CLOSE_WAIT", "timed out LAST_ACK", "timed out TIME_WAIT",
                "timed out CLOSE", "timed out QUERY", "timed out COOKIE_WAIT", "timed out ASSOCIATED",
                "timed out SHUTDOWN", "timed out CLOSED");
    }

    @Test
    void oneShardThatKeepsClients() {
        runs(1, true);
    }

    @Test
    void twoShards() {
        runs(2, false);
    }

    @Test
    void twoShardsThatKeepClients() {
        runs(2, true);
    }
}
