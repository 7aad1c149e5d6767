package dev.ringway.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.packet.DropReason;
import dev.ringway.testing.Sent;
import dev.ringway.wire.VnetHdr;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;

/**
 * One line of a table: what goes in where, and everything that must come out, to the byte, with nothing beside it:
 * no other packet, no other drop, no buffer kept. Sends to other nodes are compared datagram by datagram.
 */
final class PathCase {
    private final String description;
    private final PathRig.Setup setup;
    private final List<Consumer<PathRig>> in = new ArrayList<>();
    private final List<String> out = new ArrayList<>();
    private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);

    PathCase(String description) {
        this(description, PathRig.Setup.DEFAULT);
    }

    PathCase(String description, PathRig.Setup setup) {
        this.description = description;
        this.setup = setup;
    }

    PathCase from(int port, byte[] packet) {
        in.add(rig -> rig.fromPort(port, packet));
        return this;
    }

    PathCase from(int port, byte[] header, byte[] packet) {
        in.add(rig -> rig.fromPort(port, header, packet));
        return this;
    }

    PathCase fromNode(int node, byte[] datagram) {
        return fromNode(node, 0, datagram.length, datagram);
    }

    PathCase fromNode(int node, int tos, int segmentSize, byte[] train) {
        in.add(rig -> rig.fromNode(node, tos, segmentSize, train));
        return this;
    }

    /** A plain packet comes out at a port. */
    PathCase toPort(int port, byte[] packet) {
        return toPort(port, new byte[VnetHdr.LENGTH], packet);
    }

    PathCase toPort(int port, byte[] header, byte[] packet) {
        out.add(portLine(port, header, packet));
        return this;
    }

    PathCase toNode(int node, byte[] datagram) {
        return toNode(node, 0, datagram);
    }

    PathCase toNode(int node, int tos, byte[] datagram) {
        out.add(nodeLine(node, tos, datagram));
        return this;
    }

    PathCase dropped(DropReason reason) {
        drops.merge(reason, 1L, Long::sum);
        return this;
    }

    DynamicTest test() {
        return DynamicTest.dynamicTest(description, this::check);
    }

    private void check() {
        try (PathRig rig = new PathRig(setup)) {
            in.forEach(step -> step.accept(rig));
            final List<Sent> sent = rig.run();
            assertEquals(String.join("\n", out), String.join("\n", lines(sent)));
            assertEquals(drops, rig.drops());
            assertEquals(0, rig.lentBuffers(), "buffers not given back");
        }
    }

    /** What was sent, one packet or datagram a line. */
    static List<String> lines(List<Sent> all) {
        final List<String> lines = new ArrayList<>();
        for (Sent sent : all) {
            if (sent.isTunnel()) {
                sent.datagrams().forEach(datagram -> lines.add(nodeLine(sent.vtep(), sent.tos(), datagram)));
            } else {
                lines.add(portLine(sent.port(), sent.header(), sent.bytes()));
            }
        }
        return lines;
    }

    private static String portLine(int port, byte[] header, byte[] packet) {
        return "port " + port + " header " + hex(header) + " packet " + hex(packet);
    }

    private static String nodeLine(int node, int tos, byte[] datagram) {
        return "node " + node + " tos " + tos + " datagram " + hex(datagram);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
