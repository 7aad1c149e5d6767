package dev.ringway.shard;

import dev.ringway.conntrack.AffinityTable;
import dev.ringway.conntrack.Flow;
import dev.ringway.conntrack.FlowKey;
import dev.ringway.conntrack.FlowMemory;
import dev.ringway.conntrack.FlowTable;
import dev.ringway.encap.TunnelCodec;
import dev.ringway.encap.TunnelSettings;
import dev.ringway.fib.IpAddress;
import dev.ringway.fib.OutsideClients;
import dev.ringway.fib.Vtep;
import dev.ringway.packet.Buffers;
import dev.ringway.packet.DropCounters;
import dev.ringway.packet.DropReason;
import dev.ringway.packet.Packet;
import dev.ringway.packet.PacketParser;
import dev.ringway.packet.RxSlot;
import dev.ringway.packet.TxSlot;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendLoad;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Frontend;
import dev.ringway.service.ServiceCounters;
import dev.ringway.service.ServiceMeter;
import dev.ringway.snapshot.Snapshot;
import dev.ringway.tun.TunPort;
import dev.ringway.underlay.UnderlayOffloads;
import dev.ringway.wire.VnetHdr;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntBinaryOperator;

/**
 * Sends a made-up packet the real way over the tables that are in force, and tells what became of it and what the
 * stages decided. Nothing leaves the switch: it has a flow table of its own and its output is only looked at, so that
 * open flows and session affinity do not show. Any thread.
 */
public final class Rehearsal {
    private static final int PACKET_BYTES = 128;
    private static final int FLOWS = 16;

    private final DataplaneSettings settings;
    private final TunnelCodec codec;
    private final UnderlayOffloads offloads;
    private final IntBinaryOperator outerPorts;

    /**
     * A packet.
     *
     * @param sourcePort      of a ping its identifier
     * @param destinationPort of a ping 0
     * @param protocol        TCP, UDP, SCTP or the ICMP of the addresses' IP version
     */
    public record Question(IpAddress source, int sourcePort, IpAddress destination, int destinationPort,
            int protocol) {
    }

    /**
     * What left the switch, or would have.
     *
     * @param port      where to, or null: through the tunnel
     * @param node      the node it goes to, or null: to a port
     * @param handedOn  the node is to choose one of its own backends
     * @param packet    as the receiver gets it, without a tunnel header
     * @param ttl       its TTL or hop limit
     * @param mtu       the largest packet that goes this way, in bytes
     * @param outerPort UDP port that the tunnel's datagram leaves by; 0: to a port
     */
    public record Output(TunPort port, Vtep node, boolean handedOn, Question packet, int ttl, int mtu, int outerPort) {
    }

    /**
     * How a backend was chosen, or was to be.
     *
     * @param frontend   what the client has addressed
     * @param outside    the client is outside the cluster
     * @param local      a traffic policy leaves the backends of this node only
     * @param candidates the backends that are left
     * @param backend    the chosen one, or null
     * @param client     how the address of a client outside is passed on
     */
    public record Choice(Frontend frontend, boolean outside, boolean local, BackendSet candidates, Backend backend,
            ChosenBy chosenBy, MasqueradeReason masquerade, OutsideClients client) {
    }

    /**
     * What became of it.
     *
     * @param dropped why it was dropped, or null
     * @param output  the packet, or what it was answered by, or null
     * @param choice  of a backend, or null: it went to no Service
     * @param routed  the address that it was routed by, if it came to that
     * @param length  of the packet in bytes
     * @param ttl     that it came with
     */
    public record Outcome(DropReason dropped, Output output, Choice choice, IpAddress routed, int length, int ttl) {
    }

    /** @param outerPorts UDP port of a socket that sends, by shard and number */
    Rehearsal(DataplaneSettings settings, TunnelCodec codec, UnderlayOffloads offloads, IntBinaryOperator outerPorts) {
        this.settings = settings;
        this.codec = codec;
        this.offloads = offloads;
        this.outerPorts = outerPorts;
    }

    /** The tunnel that leads to other nodes. */
    public TunnelSettings tunnel() {
        return settings.tunnel();
    }

    /** UDP port of the tunnel. */
    public int tunnelPort() {
        return settings.port();
    }

    /**
     * Sends one.
     *
     * @param from the port it comes from
     * @param load what is known of backends, for this packet alone
     */
    public Outcome run(Snapshot snapshot, TunPort from, Question question, BackendLoad load) {
        final long nowNs = System.nanoTime();
        try (Arena arena = Arena.ofConfined(); FlowMemory memory = FlowMemory.anonymous(FLOWS);
                AffinityTable affinities = new AffinityTable()) {
            final ServiceMeter meter = new ServiceMeter(new ServiceCounters(), load);
            final FlowTable flows = new FlowTable(memory, meter, (int) TimeUnit.NANOSECONDS.toSeconds(nowNs));
            final DropCounters drops = new DropCounters();
            final List<TxSlot> sent = new ArrayList<>();
            // The counters behind those of the shards are nobody's.
            final Siblings.Post post = Siblings.none().post(0);
            final ServiceStage services = new ServiceStage(flows, affinities, meter, post,
                    settings.flows().masqueradeAll(), new XorShift(nowNs));
            final PathSet paths = new PathSet(() -> {
                final TxSlot slot = new TxSlot(arena.allocate(TxSlot.STRIDE, Long.BYTES).address());
                slot.clear();
                sent.add(slot);
                return slot;
            }, codec, offloads, settings, services, post, new HeldFragments(0, () -> 0, drops), drops,
                    settings.shards());
            final RxSlot slot = new RxSlot();
            // In front of it the tunnel's header is written, as in a receive buffer.
            slot.data = arena.allocate(Buffers.DATA + PACKET_BYTES, Long.BYTES).address() + Buffers.DATA;
            slot.length = ProbePacket.write(slot.data, question);
            slot.port = from.number();
            paths.beginBatch(snapshot, nowNs);
            paths.accept(slot, 0, snapshot, nowNs);
            paths.endOfBatch();
            final boolean handedOn = flows.size() > 0 && Flow.isHandedOn(flows.entry(0));
            final Output output = sent.isEmpty() ? null
                    : output(arena, snapshot, sent.getFirst(), handedOn, from.shard(), nowNs);
            final int version = question.source().version();
            return new Outcome(reason(drops), output, choice(services),
                    new IpAddress(version, services.destinationHi(), services.destinationLo()), slot.length,
                    ProbePacket.TTL);
        }
    }

    private static Choice choice(ServiceStage services) {
        final BackendChoice made = services.lastChoice();
        return services.lastFrontend() == null ? null : new Choice(services.lastFrontend(), made.isFromOutside(),
                made.isLocal(), made.candidates(), made.backend(), made.chosenBy(), services.lastMasquerade(),
                services.lastClient());
    }

    private static DropReason reason(DropCounters drops) {
        for (DropReason reason : DropReason.values()) {
            if (drops.get(reason) > 0) {
                return reason;
            }
        }
        return null;
    }

    private Output output(Arena arena, Snapshot snapshot, TxSlot slot, boolean handedOn, int shard, long nowNs) {
        final long at = arena.allocate(slot.bytes, Long.BYTES).address();
        slot.gather(at);
        final boolean tunnel = slot.kind == TxSlot.UDP;
        final int header = tunnel ? codec.headerLength() : VnetHdr.LENGTH;
        final Packet p = new Packet();
        if (PacketParser.parse(p, at + header, slot.bytes - header, false) != null) {
            throw new IllegalStateException("the switch has made a packet that it does not understand");
        }
        final FlowKey key = new FlowKey();
        final boolean ports = key.of(p);
        final Question packet = new Question(new IpAddress(p.version, p.sourceHi, p.sourceLo),
                ports ? key.sourcePort : 0, new IpAddress(p.version, p.destinationHi, p.destinationLo),
                ports ? key.destinationPort : 0, p.protocol);
        if (!tunnel) {
            final TunPort port = snapshot.port(slot.port);
            return new Output(port, null, false, packet, p.ttl(), port.mtu(), 0);
        }
        final Vtep node = snapshot.vteps().byIndex(slot.vtep);
        final int mtu = node.pathMtu(nowNs) - settings.tunnel().overhead(settings.underlayVersion());
        return new Output(null, node, handedOn, packet, p.ttl(), mtu, outerPorts.applyAsInt(shard, slot.socket));
    }
}
