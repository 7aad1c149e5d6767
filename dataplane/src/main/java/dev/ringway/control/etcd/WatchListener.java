package dev.ringway.control.etcd;

import java.util.List;

/** Hears what a watch has to tell, on the client's threads, one call at a time. After its end it may still be told. */
interface WatchListener {
    /** Changes from here on will be heard of. */
    void started();

    /** Changes, in their order; those of one revision together. */
    void changed(List<Entry> entries);

    /** @param forgotten what was to come first is no longer known; all keys must be listed again */
    void ended(String why, boolean forgotten);
}
