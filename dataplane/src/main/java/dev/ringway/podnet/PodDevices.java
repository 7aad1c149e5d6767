package dev.ringway.podnet;

import dev.ringway.control.PodSpec;
import dev.ringway.tun.TunDevice;
import java.io.IOException;
import java.util.List;

/** Pods' interfaces: the edge to the kernel that {@link PodManager} works through. */
interface PodDevices {
    /**
     * Makes a pod's interface, or takes over the one it already has, and configures it inside the pod. A failure
     * leaves nothing behind that was not there before.
     *
     * @throws WrongPresence if it is there, or is not, against what is expected
     */
    TunDevice.Opened open(PodSpec pod, Presence expected) throws IOException;

    /** Undoes {@link #open}: an interface that was there before stays. */
    void rollBack(TunDevice.Opened device);

    /**
     * Gives an interface up.
     *
     * @param remove true: it disappears from the pod; false: it stays for the next daemon
     */
    void close(TunDevice.Opened device, boolean remove);

    /** Why the interface is of no use any more (deleted, or the pod has another namespace now), or null if it is. */
    String lost(PodSpec pod, TunDevice.Opened device);

    /** What of the interface is not as it was set up, for people; empty if all is. */
    List<String> drift(PodSpec pod, TunDevice.Opened device) throws IOException;
}
