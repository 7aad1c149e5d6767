package dev.ringway.conntrack;

import dev.ringway.packet.Packet;
import dev.ringway.wire.IpProtocol;
import dev.ringway.wire.Memory;
import java.lang.invoke.VarHandle;

/**
 * The flows of one shard, found by both directions' keys. Of fixed size: when it is full, a flow that is not agreed on
 * or over gives way, then the one of some that has idled longest; else a new one is refused, so that a flood cannot
 * push out what works.
 *
 * <p>Entries lie in memory that the caller provides and that may outlive the process ({@link FlowMemory}): an entry is
 * valid as soon as its state is written, which is last. The index, 16 bytes a flow that there is room for, is private
 * and made anew. Nothing is allocated for a flow. Belongs to the switch thread; {@link #size} and the dump may be asked
 * for by others.
 */
public final class FlowTable {
    /** How many entries are looked at for one that can give way. */
    private static final int EVICTION_WORK = 64;
    /** Those noted much too early come on top: each of them does so no more than once a minute. */
    private static final int DEFERRED = 4096;
    private static final int IDLE_S = 120;
    private static final int STREAM_S = 2;

    private final FlowMemory memory;
    private final long entries;
    private final int capacity;
    private final FlowIndex index;
    private final ExpiryWheel wheel;
    private final FlowObserver observer;
    private final FlowKey adopted = new FlowKey();
    private int free;
    private int fresh;
    /** Where the search for idle flows has got to. */
    private int hand;
    private volatile int size;
    private volatile long evictedUnreplied;
    private volatile long evictedIdle;
    private volatile long refused;

    /** Hears of flows that end. */
    public interface FlowObserver {
        /** @param flow still readable */
        void ended(long flow);
    }

    /**
     * Takes what the memory holds of a former daemon.
     *
     * @param observer is told of flows' ends, on the switch thread
     */
    public FlowTable(FlowMemory memory, FlowObserver observer, int nowS) {
        this.memory = memory;
        entries = memory.entries();
        capacity = memory.capacity();
        this.observer = observer;
        index = new FlowIndex(entries, capacity);
        wheel = new ExpiryWheel(entries, nowS);
        free = -1;
        recover(nowS);
    }

    /** The entry of a flow that the key is a direction of; bit 0 set if it is the answers'. 0 if there is none. */
    public long find(FlowKey key) {
        return index.find(key);
    }

    /**
     * Notes a flow.
     *
     * @param forward what the client sends
     * @param reply   what the backend answers
     * @return its entry, or 0 if there is no room
     */
    public long insert(FlowKey forward, FlowKey reply, int handle, int service, int nowS) {
        final int number = take(nowS);
        if (number < 0) {
            refused++;
            return 0;
        }
        final long flow = entry(number);
        write(flow + Flow.CLIENT, forward.sourceHi, forward.sourceLo);
        write(flow + Flow.VIP, forward.destinationHi, forward.destinationLo);
        write(flow + Flow.BACKEND, reply.sourceHi, reply.sourceLo);
        write(flow + Flow.SEEN, reply.destinationHi, reply.destinationLo);
        Memory.putShort(flow + Flow.PORTS, forward.sourcePort);
        Memory.putShort(flow + Flow.PORTS + 2, forward.destinationPort);
        Memory.putShort(flow + Flow.PORTS + 4, reply.sourcePort);
        Memory.putShort(flow + Flow.PORTS + 6, reply.destinationPort);
        Memory.putByte(flow + Flow.PROTOCOL, forward.protocol);
        Memory.putByte(flow + Flow.VERSION, forward.version);
        Memory.putByte(flow + Flow.FLAGS, 0);
        Memory.putInt(flow + Flow.HANDLE, handle);
        Memory.putInt(flow + Flow.SERVICE, service);
        Memory.putInt(flow + Flow.LAST_SEEN, nowS);
        Memory.putInt(flow + Flow.CREATED, nowS);
        for (int i = Flow.FORWARD_PACKETS; i < Flow.LENGTH; i += 4) {
            Memory.putInt(flow + i, 0);
        }
        VarHandle.storeStoreFence();
        Memory.putByte(flow + Flow.STATE, switch (forward.protocol) {
            case IpProtocol.TCP -> FlowState.SYN_SENT;
            case IpProtocol.SCTP -> FlowState.COOKIE_WAIT;
            case IpProtocol.ICMP, IpProtocol.ICMPV6 -> FlowState.QUERY;
            default -> FlowState.UNREPLIED;
        });
        link(number);
        return flow;
    }

    /**
     * Notes that the answers of a flow pass another shard, which is to {@link #adopt} it. It keeps the answers' key, so
     * that no other flow of this shard takes it.
     */
    public void setAnsweredElsewhere(long flow) {
        Flow.setFlags(flow, Flow.HALF_FORWARD, true);
    }

    /** Notes that the packets of a flow's client go on to another node as they are: {@link Flow#isHandedOn}. */
    public void setHandedOn(long flow) {
        Flow.setFlags(flow, Flow.HALF_FORWARD | Flow.HANDED_ON, true);
    }

    /**
     * Takes note of what another shard tells of a flow whose directions pass both: that its answers pass here, how far
     * it has got, or that it is forgotten. One with the same answers that is not the same gives way: its client has
     * begun anew.
     *
     * @param copy of the other shard's entry
     * @return false if there is no room
     */
    public boolean adopt(long copy, int nowS) {
        adopted.ofReply(copy);
        final long known = index.find(adopted) & ~1L;
        final int state = Flow.state(copy);
        final boolean mayBegin =
                (Flow.flags(copy) & (Flow.HALF_REPLY | Flow.FORGOTTEN)) == 0 && !FlowState.isOver(state);
        // Ports may be used twice in one second.
        final boolean begins = mayBegin && FlowState.isOpening(state) && Flow.lastSeenS(copy) == Flow.createdS(copy);
        if (!begins && known != 0 && Flow.isSame(known, copy) && Flow.createdS(known) == Flow.createdS(copy)) {
            meet(known, copy);
            return true;
        }
        if (!mayBegin) {
            // Here it has ended already.
            return true;
        }
        if (known != 0) {
            remove(known);
        }
        final int number = take(nowS);
        if (number < 0) {
            refused++;
            return false;
        }
        final long flow = entry(number);
        Memory.copy(copy, flow, Flow.STATE);
        Memory.putByte(flow + Flow.FLAGS, Flow.HALF_REPLY);
        Memory.copy(copy + Flow.HANDLE, flow + Flow.HANDLE, Flow.WHEEL_PREVIOUS - Flow.HANDLE);
        for (int i = Flow.FORWARD_PACKETS; i < Flow.LENGTH; i += 4) {
            Memory.putInt(flow + i, 0);
        }
        Flow.setOpenedUs(flow, Flow.openedUs(copy));
        Flow.setEntrance(flow, Flow.entrance(copy));
        VarHandle.storeStoreFence();
        Memory.putByte(flow + Flow.STATE, state);
        link(number);
        return true;
    }

    /**
     * Brings a half to where the other one has got: as late in its life, and seen as late. It never goes back, so that
     * what is over stays so. Each may have noted its own end's FIN before it heard of the other's.
     */
    private void meet(long half, long copy) {
        if ((Flow.flags(copy) & Flow.FORGOTTEN) != 0) {
            remove(half);
            return;
        }
        final int before = Flow.state(half);
        int state = FlowState.later(before, Flow.state(copy));
        if ((Flow.flags(half) & Flow.flags(copy) & Flow.HAS_FIN) != 0) {
            state = FlowState.later(state, FlowState.LAST_ACK);
        }
        if (Flow.lastSeenS(copy) - Flow.lastSeenS(half) > 0) {
            Memory.putInt(half + Flow.LAST_SEEN, Flow.lastSeenS(copy));
        }
        if (state != before) {
            Memory.putByte(half + Flow.STATE, state);
            shorten(half, before);
        }
        if (Flow.isAnswersOnly(half)) {
            Flow.setEntrance(half, Flow.entrance(copy));
            if (Flow.backend(half) == Flow.RECOVERED) {
                Flow.setBackend(half, Flow.backend(copy), Flow.service(copy));
            }
        }
    }

    /**
     * Moves a flow on by a packet of it, and counts the packet.
     *
     * @return a {@link Verdict}
     */
    public int track(long flow, boolean reply, Packet p, int nowS) {
        final int before = Flow.state(flow);
        int verdict = Verdict.OK;
        if (p.fragment != Packet.LATER) {
            switch (p.protocol) {
                case IpProtocol.TCP -> verdict = p.l4Present ? TcpTracker.track(flow, reply, p) : Verdict.OK;
                case IpProtocol.SCTP -> verdict = SctpTracker.track(flow, p);
                case IpProtocol.UDP -> trackUdp(flow, reply, nowS);
                default -> { }
            }
        }
        if (verdict == Verdict.OK) {
            Memory.putInt(flow + Flow.LAST_SEEN, nowS);
            Flow.count(flow, reply, p.segments(), p.length);
        }
        if (Flow.state(flow) != before) {
            shorten(flow, before);
        }
        return verdict;
    }

    /** As udp_packet of Linux's nf_conntrack_proto_udp; where answers pass elsewhere, they are taken for granted. */
    private static void trackUdp(long flow, boolean reply, int nowS) {
        final int state = Flow.state(flow);
        if (state == FlowState.UNREPLIED && !reply && (Flow.flags(flow) & Flow.HALF_FORWARD) == 0) {
            return;
        }
        final int next = nowS - Flow.createdS(flow) > STREAM_S ? FlowState.STREAM : FlowState.REPLIED;
        if (state < next) {
            Memory.putByte(flow + Flow.STATE, next);
        }
    }

    /** Notes that a flow's opening is refused, in another way than by its protocol. */
    public void close(long flow, int nowS) {
        final int before = Flow.state(flow);
        Memory.putInt(flow + Flow.LAST_SEEN, nowS);
        Memory.putByte(flow + Flow.STATE, FlowState.CLOSE);
        shorten(flow, before);
    }

    /** The wheel would look at a flow that has a shorter time now only when its old one is over. */
    private void shorten(long flow, int before) {
        if (FlowState.timeoutS(Flow.state(flow)) < FlowState.timeoutS(before)) {
            wheel.move(number(flow), deadlineS(flow));
        }
    }

    /** Forgets a flow. */
    public void remove(long flow) {
        observer.ended(flow);
        final int number = number(flow);
        wheel.unlink(number);
        index.remove(number);
        Memory.putByte(flow + Flow.STATE, 0);
        Memory.putInt(flow + Flow.WHEEL_NEXT, free);
        free = number;
        size--;
    }

    /** Forgets flows whose time is over, looking at no more than {@code work} of them; returns how many it forgot. */
    public int expire(int nowS, int work) {
        int ended = 0;
        for (int i = 0; i < work; i++) {
            final int number = wheel.due(nowS);
            if (number < 0) {
                break;
            }
            final long flow = entry(number);
            final int deadline = deadlineS(flow);
            if (deadline - nowS <= 0) {
                remove(flow);
                ended++;
            } else {
                wheel.move(number, deadline);
            }
        }
        return ended;
    }

    /** Number of flows; any thread. */
    public int size() {
        return size;
    }

    public int capacity() {
        return capacity;
    }

    /** Flows given up for new ones before anything answered or after they were over; any thread. */
    public long evictedUnreplied() {
        return evictedUnreplied;
    }

    /** Flows given up for new ones after two minutes without a packet; any thread. */
    public long evictedIdle() {
        return evictedIdle;
    }

    /** New flows refused since nothing could give way; any thread. */
    public long refused() {
        return refused;
    }

    /** Entry number i, in use or not, for a dump by any thread: what it reads may change under its eyes. */
    public long entry(int i) {
        return entries + (long) i * Flow.LENGTH;
    }

    /** Entries beyond this one have never been used. */
    public int used() {
        return fresh;
    }

    private void link(int number) {
        index.insert(number);
        wheel.link(number, deadlineS(entry(number)));
        size++;
    }

    private int take(int nowS) {
        if (free < 0 && fresh == capacity && !evict(nowS)) {
            return -1;
        }
        if (free >= 0) {
            final int number = free;
            free = Memory.getInt(entry(number) + Flow.WHEEL_NEXT);
            return number;
        }
        memory.setUsed(fresh + 1);
        return fresh++;
    }

    /**
     * Those whose time is over soonest come first in the wheel: mostly what is not agreed on or over. If there is none
     * of these, as many others are looked at, others each time: the first one that is not agreed on, or what has idled
     * longest.
     */
    private boolean evict(int nowS) {
        wheel.begin();
        int deferred = 0;
        for (int i = 0; i < EVICTION_WORK && deferred < DEFERRED;) {
            final int number = wheel.next();
            if (number < 0) {
                break;
            }
            final long flow = entry(number);
            if (giveUp(flow)) {
                return true;
            }
            if (wheel.defer(number, deadlineS(flow))) {
                deferred++;
            } else {
                i++;
            }
        }
        long idle = 0;
        for (int i = 0; i < EVICTION_WORK; i++) {
            hand = hand + 1 < capacity ? hand + 1 : 0;
            final long flow = entry(hand);
            if (giveUp(flow)) {
                return true;
            }
            if (nowS - Flow.lastSeenS(flow) >= IDLE_S
                    && (idle == 0 || Flow.lastSeenS(flow) - Flow.lastSeenS(idle) < 0)) {
                idle = flow;
            }
        }
        if (idle != 0) {
            evictedIdle++;
            remove(idle);
        }
        return idle != 0;
    }

    /** Forgets a flow that is not agreed on or over. @return false if it is neither */
    private boolean giveUp(long flow) {
        if (FlowState.isAssured(Flow.state(flow))) {
            return false;
        }
        evictedUnreplied++;
        remove(flow);
        return true;
    }

    private void recover(int nowS) {
        fresh = memory.used();
        for (int i = 0; i < fresh; i++) {
            final long flow = entry(i);
            final int state = Flow.state(flow);
            if (!FlowState.exists(state) || Flow.version(flow) != 4 && Flow.version(flow) != 6
                    || deadlineS(flow) - nowS <= 0 || nowS - Flow.lastSeenS(flow) < 0) {
                Memory.putByte(flow + Flow.STATE, 0);
                Memory.putInt(flow + Flow.WHEEL_NEXT, free);
                free = i;
                continue;
            }
            if (Flow.backend(flow) != 0) {
                Flow.setBackend(flow, Flow.RECOVERED, -1);
            }
            Flow.setFlags(flow, Flow.UNTOLD | Flow.FORGOTTEN, false);
            // What the former daemon has counted, it has told; Services' counters begin at nothing.
            Flow.clearCounts(flow);
            if (Flow.entrance(flow) != 0) {
                // End points have other numbers now; the client's next packet tells which.
                Flow.setEntrance(flow, -1);
            }
            link(i);
        }
    }

    /** A half waits for what the other one has seen since it told. */
    private static int deadlineS(long flow) {
        final int deadline = Flow.lastSeenS(flow) + FlowState.timeoutS(Flow.state(flow));
        return Flow.isHalf(flow) ? deadline + Flow.TOLD_S : deadline;
    }

    private int number(long flow) {
        return (int) ((flow - entries) / Flow.LENGTH);
    }

    private static void write(long at, long hi, long lo) {
        Memory.putLong(at, hi);
        Memory.putLong(at + 8, lo);
    }
}
