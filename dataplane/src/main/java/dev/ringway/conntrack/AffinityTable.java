package dev.ringway.conntrack;

import dev.ringway.wire.Memory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which backend a client had last at a service port with session affinity. Of fixed size: sets of eight, of which the
 * one that was used longest ago gives way. It lies in a file that outlives the process, as flows do, or in memory that
 * is taken with the first entry. An entry that a former daemon has made knows its backend only by its address. Switch
 * thread.
 *
 * <p>An entry, in native order:
 * <pre>
 *   0   client's address, 128 bits with IPv4 in the top 32
 *   16  the service port, a number for its name; 0: free
 *   24  backend's address, the same
 *   40  its port, then its handle
 *   48  when it was used last, in seconds; then who has made the entry
 * </pre>
 */
public final class AffinityTable implements AutoCloseable {
    private static final int CLIENT = 0;
    private static final int SERVICE = 16;
    private static final int BACKEND = 24;
    private static final int PORT = 40;
    private static final int HANDLE = 44;
    private static final int USED = 48;
    private static final int MAKER = 52;
    private static final int LENGTH = 56;

    private static final int WAYS = 8;
    private static final int SETS = 8192;
    /** "RINGAFFI". */
    private static final long KIND = 0x5249_4E47_4146_4649L;
    private static final long LAYOUT = 1;

    /** Another one in each process: handles of former ones mean nothing here. */
    private final int maker = ThreadLocalRandom.current().nextInt();
    private KeptEntries kept;
    private int turn;

    /** Of this process alone. */
    public AffinityTable() {
    }

    private AffinityTable(KeptEntries kept) {
        this.kept = kept;
    }

    /** In a file, with what a former daemon left there. */
    public static AffinityTable open(Path file) throws IOException {
        return new AffinityTable(KeptEntries.open(file, KIND, LAYOUT, SETS * WAYS, LENGTH));
    }

    /**
     * The entry of a client that has connected within the last {@code timeoutS} seconds, or 0.
     *
     * @param service a number for the service port and the IP version, never 0
     */
    public long find(long hi, long lo, long service, int timeoutS, int nowS) {
        if (kept == null) {
            return 0;
        }
        final long entry = entry(hi, lo, service);
        final int idleS = entry == 0 ? 0 : nowS - Memory.getInt(entry + USED);
        return entry != 0 && idleS >= 0 && idleS < timeoutS ? entry : 0;
    }

    /** The backend's handle, or 0 if a former daemon has made the entry: then its address must do. */
    public int handle(long entry) {
        return Memory.getInt(entry + MAKER) == maker ? Memory.getInt(entry + HANDLE) : 0;
    }

    public static long backendHi(long entry) {
        return Memory.getLong(entry + BACKEND);
    }

    public static long backendLo(long entry) {
        return Memory.getLong(entry + BACKEND + 8);
    }

    public static int backendPort(long entry) {
        return Memory.getInt(entry + PORT);
    }

    /** Notes the backend of a client's newest connection. */
    public void put(long hi, long lo, long service, int handle, long backendHi, long backendLo, int backendPort,
            int nowS) {
        if (kept == null) {
            kept = KeptEntries.anonymous(SETS * WAYS, LENGTH);
        }
        long entry = entry(hi, lo, service);
        if (entry == 0) {
            entry = oldest(set(hi, lo, service), nowS);
            Memory.putLong(entry + CLIENT, hi);
            Memory.putLong(entry + CLIENT + 8, lo);
            Memory.putLong(entry + SERVICE, service);
        }
        Memory.putLong(entry + BACKEND, backendHi);
        Memory.putLong(entry + BACKEND + 8, backendLo);
        Memory.putInt(entry + PORT, backendPort);
        Memory.putInt(entry + HANDLE, handle);
        Memory.putInt(entry + USED, nowS);
        Memory.putInt(entry + MAKER, maker);
    }

    private long entry(long hi, long lo, long service) {
        final long set = set(hi, lo, service);
        for (long entry = set; entry < set + WAYS * LENGTH; entry += LENGTH) {
            if (Memory.getLong(entry + SERVICE) == service && Memory.getLong(entry + CLIENT) == hi
                    && Memory.getLong(entry + CLIENT + 8) == lo) {
                return entry;
            }
        }
        return 0;
    }

    /** Of those of the same second any: always the first would leave the others as they are. */
    private long oldest(long set, int nowS) {
        long oldest = set + (turn++ & WAYS - 1) * LENGTH;
        for (long entry = set; entry < set + WAYS * LENGTH; entry += LENGTH) {
            if (Memory.getLong(entry + SERVICE) == 0) {
                return entry;
            }
            if (nowS - Memory.getInt(entry + USED) > nowS - Memory.getInt(oldest + USED)) {
                oldest = entry;
            }
        }
        return oldest;
    }

    private long set(long hi, long lo, long service) {
        final int hash = FlowKey.hash(hi, lo, service, 0, 0, 0);
        return kept.address() + (long) (hash & SETS - 1) * WAYS * LENGTH;
    }

    @Override
    public void close() {
        if (kept != null) {
            kept.close();
        }
    }
}
