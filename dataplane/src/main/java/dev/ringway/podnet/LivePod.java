package dev.ringway.podnet;

import dev.ringway.control.PodSpec;
import dev.ringway.tun.TunDevice;
import dev.ringway.tun.TunPort;

/**
 * A pod that is connected.
 *
 * @param spec   as it was wanted
 * @param port   its port of the switch
 * @param device the open device behind the port
 */
public record LivePod(PodSpec spec, TunPort port, TunDevice.Opened device) {
}
