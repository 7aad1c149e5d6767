package dev.ringway.control.etcd;

import dev.ringway.control.IpText;
import dev.ringway.fib.Prefix;

/**
 * A range that belongs to a node, under {@code ranges/}.
 *
 * @param created etcd's revision that made it: of two that overlap, the older counts
 */
record Claim(Prefix range, String node, long created) implements Kept {
    private static final String SECTION = "ranges/";

    /**
     * @param name the key behind {@code ranges/}: the range with - for /
     * @throws IllegalArgumentException that says what is wrong, for people
     */
    static Claim read(String name, String node, long created) {
        final int dash = name.lastIndexOf('-');
        if (dash < 0) {
            throw new IllegalArgumentException("the key must end in a range like 10.244.1.0-24 or fd00:244:1::-64");
        }
        final Prefix range = IpText.prefix(name.substring(0, dash) + "/" + name.substring(dash + 1));
        final String owner = node.strip();
        if (owner.isEmpty()) {
            throw new IllegalArgumentException("the value must be the name of a node");
        }
        return new Claim(range, owner, created);
    }

    String key() {
        return key(range);
    }

    static String key(Prefix range) {
        return SECTION + name(range);
    }

    static String name(Prefix range) {
        return IpText.text(range).replace('/', '-');
    }
}
