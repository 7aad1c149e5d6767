package dev.ringway.ipam;

import dev.ringway.fib.IpAddress;

/**
 * An address that was given out.
 *
 * @param gateway that of its range, or null if nobody named one
 */
public record Lease(IpAddress address, IpAddress gateway) {
}
