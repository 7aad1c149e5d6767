package dev.ringway.service;

import java.util.Arrays;

/**
 * What one shard has found out about the backends: how many flows each has, and which do not answer. A backend that
 * refuses or does not answer several connections in a row gets no new flows for a while; then one flow tries it.
 * Switch thread only, but for {@link #ejections}.
 */
public final class BackendLoad {
    private static final int FIRST_SLOTS = 64;
    private static final int FIRST_EJECTED = 4;

    private final int failuresToEject;
    private final int retryS;
    private int[] handles = new int[FIRST_SLOTS];
    private int[] live = new int[FIRST_SLOTS];
    private int[] failures = new int[FIRST_SLOTS];
    /** Place among the ejected ones; meaningful while its failures are enough. */
    private int[] places = new int[FIRST_SLOTS];
    /** The ejected ones, without gaps: handle, port of the Service, and when one flow may try it again. */
    private int[] ejected = new int[FIRST_EJECTED];
    private int[] services = new int[FIRST_EJECTED];
    private int[] retryAtS = new int[FIRST_EJECTED];
    private int count;
    /** Whether others are to be told: of who is ejected, or of no more than times. */
    private boolean changed;
    private boolean timesChanged;
    private int toldS;
    private volatile Ejections ejections;

    /**
     * @param failuresToEject failures in a row after which a backend is ejected; 0: never
     * @param retryS          seconds until one new flow tries it
     */
    public BackendLoad(int failuresToEject, int retryS) {
        this.failuresToEject = failuresToEject;
        this.retryS = retryS;
        ejections = new Ejections(new int[0], new int[0], new int[0], failuresToEject, retryS);
    }

    /** Begins with what another shard has ejected. */
    public BackendLoad(Ejections known) {
        this(known.failures(), known.retryS());
        for (int i = 0; i < known.size(); i++) {
            eject(slot(known.handle(i)), known.service(i), known.retryAtS(i));
        }
    }

    /** True if unanswered connections are to go elsewhere. */
    public boolean ejects() {
        return failuresToEject > 0;
    }

    /** Open flows of a backend. */
    public int live(Backend backend) {
        return isKnown(backend.handle) ? live[backend.slot()] : 0;
    }

    /** True if the backend may get a new flow; of an ejected one whose time has come, only this one. */
    public boolean admits(Backend backend, int nowS) {
        if (!mayAdmit(backend, nowS)) {
            return false;
        }
        if (isEjected(backend)) {
            retryAt(places[backend.slot()], nowS + retryS);
        }
        return true;
    }

    /** True if {@link #admits} would say so; changes nothing. */
    public boolean mayAdmit(Backend backend, int nowS) {
        return !isEjected(backend) || nowS - retryAtS[places[backend.slot()]] >= 0;
    }

    /** True if the backend gets no new flows, but for those that try it. */
    public boolean isEjected(Backend backend) {
        return isKnown(backend.handle) && isEjected(backend.slot());
    }

    /** When one flow may try an ejected backend again, in seconds. */
    public int retryAtS(Backend backend) {
        return retryAtS[places[backend.slot()]];
    }

    /** The backends that are ejected, as they were told last; any thread. */
    public Ejections ejections() {
        return ejections;
    }

    /**
     * Tells others what has changed: at once who is ejected, but times once a second, since every connection that fails
     * moves one.
     */
    public void tell(int nowS) {
        if (changed || timesChanged && nowS != toldS) {
            ejections = new Ejections(Arrays.copyOf(ejected, count), Arrays.copyOf(services, count),
                    Arrays.copyOf(retryAtS, count), failuresToEject, retryS);
            changed = false;
            timesChanged = false;
            toldS = nowS;
        }
    }

    /** A flow is this backend's now: a new one, or one of a former daemon. */
    public void opened(int handle) {
        // Before the array is looked at: the slot may need another one.
        final int slot = slot(handle);
        live[slot]++;
    }

    void ended(int handle) {
        if (isKnown(handle)) {
            live[Handle.slot(handle)]--;
        }
    }

    /** @param service port that the backend is one of */
    void failed(int handle, int service, int nowS) {
        if (failuresToEject == 0 || isOlder(handle)) {
            return;
        }
        final int slot = slot(handle);
        if (isEjected(slot)) {
            retryAt(places[slot], nowS + retryS);
        } else if (++failures[slot] >= failuresToEject) {
            eject(slot, service, nowS + retryS);
        }
    }

    void answered(int handle) {
        if (isKnown(handle)) {
            forgive(Handle.slot(handle));
        }
    }

    /** Gives up what is known of ejected backends that are listed no more. */
    public void forgetGone(ServiceTable table) {
        for (int i = count - 1; i >= 0; i--) {
            if (table.backendState(ejected[i]) == ServiceTable.GONE) {
                forgive(Handle.slot(ejected[i]));
            }
        }
    }

    private boolean isEjected(int slot) {
        return failuresToEject > 0 && failures[slot] >= failuresToEject;
    }

    private void eject(int slot, int service, int untilS) {
        if (count == ejected.length) {
            ejected = Arrays.copyOf(ejected, 2 * count);
            services = Arrays.copyOf(services, 2 * count);
            retryAtS = Arrays.copyOf(retryAtS, 2 * count);
        }
        failures[slot] = failuresToEject;
        places[slot] = count;
        ejected[count] = handles[slot];
        services[count] = service;
        retryAtS[count++] = untilS;
        changed = true;
    }

    private void forgive(int slot) {
        if (isEjected(slot)) {
            // The last one takes its place.
            final int place = places[slot];
            count--;
            ejected[place] = ejected[count];
            services[place] = services[count];
            retryAtS[place] = retryAtS[count];
            places[Handle.slot(ejected[place])] = place;
            changed = true;
        }
        failures[slot] = 0;
    }

    private void retryAt(int place, int seconds) {
        timesChanged |= retryAtS[place] != seconds;
        retryAtS[place] = seconds;
    }

    /** True if another one has had the slot since. */
    private boolean isOlder(int handle) {
        final int slot = Handle.slot(handle);
        return slot < handles.length && handles[slot] != 0 && Handle.isLater(handles[slot], handle);
    }

    private boolean isKnown(int handle) {
        final int slot = Handle.slot(handle);
        return slot < handles.length && handles[slot] == handle;
    }

    /** The backend's slot, cleared of what was known of another that had it before. */
    private int slot(int handle) {
        final int slot = Handle.slot(handle);
        if (slot >= handles.length) {
            final int length = Integer.highestOneBit(slot) * 2;
            handles = Arrays.copyOf(handles, length);
            live = Arrays.copyOf(live, length);
            failures = Arrays.copyOf(failures, length);
            places = Arrays.copyOf(places, length);
        }
        if (handles[slot] != handle) {
            forgive(slot);
            handles[slot] = handle;
            live[slot] = 0;
        }
        return slot;
    }
}
