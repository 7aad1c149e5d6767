package dev.ringway.service;

import java.util.Arrays;

/**
 * What one shard has found out about the backends: how many flows each has, and which do not answer. A backend that
 * refuses or does not answer several connections in a row gets no new flows for a while; then one flow tries it.
 * Switch thread only.
 */
public final class BackendLoad {
    private static final int FIRST_SLOTS = 64;

    private final int failuresToEject;
    private final int retryS;
    private int[] handles = new int[FIRST_SLOTS];
    private int[] live = new int[FIRST_SLOTS];
    private int[] failures = new int[FIRST_SLOTS];
    /** When one flow may try it again; meaningful while its failures are enough. */
    private int[] retryAtS = new int[FIRST_SLOTS];
    private volatile int ejected;

    /**
     * @param failuresToEject failures in a row after which a backend is ejected; 0: never
     * @param retryS          seconds until one new flow tries it
     */
    public BackendLoad(int failuresToEject, int retryS) {
        this.failuresToEject = failuresToEject;
        this.retryS = retryS;
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
            retryAtS[backend.slot()] = nowS + retryS;
        }
        return true;
    }

    /** True if {@link #admits} would say so; changes nothing. */
    public boolean mayAdmit(Backend backend, int nowS) {
        return !isEjected(backend) || nowS - retryAtS[backend.slot()] >= 0;
    }

    /** True if the backend gets no new flows, but for those that try it. */
    public boolean isEjected(Backend backend) {
        return failuresToEject > 0 && isKnown(backend.handle) && failures[backend.slot()] >= failuresToEject;
    }

    /** Backends that are ejected now; any thread. */
    public int ejected() {
        return ejected;
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

    void failed(int handle, int nowS) {
        if (isOlder(handle)) {
            return;
        }
        final int slot = slot(handle);
        if (++failures[slot] == failuresToEject) {
            ejected++;
        }
        if (failuresToEject > 0 && failures[slot] >= failuresToEject) {
            failures[slot] = failuresToEject;
            retryAtS[slot] = nowS + retryS;
        }
    }

    void answered(int handle) {
        if (isKnown(handle)) {
            forgive(Handle.slot(handle));
        }
    }

    private void forgive(int slot) {
        if (failuresToEject > 0 && failures[slot] >= failuresToEject) {
            ejected--;
        }
        failures[slot] = 0;
    }

    /** Gives up what is known of ejected backends that are listed no more. */
    public void forgetGone(ServiceTable services) {
        for (int slot = 0; ejected > 0 && slot < handles.length; slot++) {
            if (failuresToEject > 0 && failures[slot] >= failuresToEject
                    && services.backendState(handles[slot]) == ServiceTable.GONE) {
                forgive(slot);
            }
        }
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
            retryAtS = Arrays.copyOf(retryAtS, length);
        }
        if (handles[slot] != handle) {
            forgive(slot);
            handles[slot] = handle;
            live[slot] = 0;
        }
        return slot;
    }
}
