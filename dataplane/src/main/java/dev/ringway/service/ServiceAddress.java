package dev.ringway.service;

/** An address that belongs to services as a whole, and how many frontends have it. */
final class ServiceAddress extends Keyed {
    final int frontends;

    ServiceAddress(long hi, long lo, int version, int frontends) {
        super(hi, lo, rest(version, 0, 0));
        this.frontends = frontends;
    }
}
