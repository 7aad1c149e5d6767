package dev.ringway.control.etcd;

/**
 * A key of etcd.
 *
 * @param key      behind the prefix and its slash, as in {@code nodes/node1}
 * @param value    null: it is gone
 * @param created  revision that made it
 * @param revision revision that changed it last, or removed it
 * @param lease    it goes with this lease; 0: it stays
 */
record Entry(String key, String value, long created, long revision, long lease) {
}
