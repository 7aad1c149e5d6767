package dev.ringway.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringway.service.Backend;
import dev.ringway.service.BackendSet;
import dev.ringway.service.Ejections;
import dev.ringway.shard.Dataplane;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The backends that get no new flows, of all shards, as they are now. Each shard finds out for itself. */
final class Ejected {
    private final List<Ejections> shards;
    private final int nowS;

    Ejected(Dataplane dataplane) {
        this(dataplane.ejections(), (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()));
    }

    Ejected(List<Ejections> shards, int nowS) {
        this.shards = shards;
        this.nowS = nowS;
    }

    /** True if no shard gives the backend new flows. */
    boolean isEverywhere(int handle) {
        for (Ejections shard : shards) {
            if (shard.find(handle) < 0) {
                return false;
            }
        }
        return !shards.isEmpty();
    }

    /** How many of a set get new flows: have a weight, unless none has, and are not ejected. */
    int admitted(BackendSet set) {
        int admitted = 0;
        for (Backend backend : set.backends) {
            if (set.takes(backend) && !isEverywhere(backend.handle)) {
                admitted++;
            }
        }
        return admitted;
    }

    /** Tells of a backend if it is ejected by any shard. */
    void put(ObjectNode node, int handle) {
        ArrayNode by = null;
        int retryS = Integer.MAX_VALUE;
        for (int i = 0; i < shards.size(); i++) {
            final int at = shards.get(i).find(handle);
            if (at >= 0) {
                by = by == null ? node.putObject("ejected").putArray("shards") : by;
                by.add(i);
                retryS = Math.min(retryS, Math.max(0, shards.get(i).retryAtS(at) - nowS));
            }
        }
        if (by != null) {
            ((ObjectNode) node.path("ejected")).put("retrySeconds", retryS).put("text", text(retryS, by.size()));
        }
    }

    private String text(int retryS, int by) {
        return "ejected" + (by < shards.size() ? " by " + by + " of " + shards.size() + " shards" : "")
                + (retryS > 0 ? ", tried again in " + retryS + " s" : ", tried again by the next flow");
    }
}
