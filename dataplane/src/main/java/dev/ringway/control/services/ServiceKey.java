package dev.ringway.control.services;

/** Namespace and name of an object. */
record ServiceKey(String namespace, String name) implements Comparable<ServiceKey> {
    @Override
    public int compareTo(ServiceKey other) {
        final int first = namespace.compareTo(other.namespace);
        return first != 0 ? first : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
