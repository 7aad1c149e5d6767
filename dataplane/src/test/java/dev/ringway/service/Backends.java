package dev.ringway.service;

/** Backends as the tests want them: 10.244.x.y:8080 by number. */
final class Backends {
    private Backends() {
    }

    static Backend backend(int number, int weight) {
        return new Backend(Handle.of(number, 1), 4, (10L << 56 | 244L << 48) + ((long) number << 32), 0, 8080,
                weight, false);
    }

    static Backend[] backends(int count) {
        final Backend[] all = new Backend[count];
        for (int i = 0; i < count; i++) {
            all[i] = backend(i, 1);
        }
        return all;
    }
}
