package dev.ringway.control.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What an informer remembers of the objects it has heard of: which there are and in which version, so that it can tell
 * what a new list has changed. The objects themselves, a hundred times as large, it hands on and forgets. Any thread.
 */
final class KeyStore implements ItemStore<GenericKubernetesResource> {
    private static final String UNNAMED = "";

    private final Map<String, String> versions = new ConcurrentHashMap<>();

    static String key(ObjectMeta metadata) {
        if (metadata == null || metadata.getName() == null) {
            return UNNAMED;
        }
        return metadata.getNamespace() == null ? metadata.getName()
                : metadata.getNamespace() + "/" + metadata.getName();
    }

    boolean contains(String key) {
        return versions.containsKey(key);
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return key(object.getMetadata());
    }

    @Override
    public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        if (key.equals(UNNAMED)) {
            return null;
        }
        final String version = object.getMetadata().getResourceVersion();
        return stub(key, versions.put(key, version == null ? "" : version));
    }

    @Override
    public GenericKubernetesResource remove(String key) {
        return stub(key, versions.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return versions.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return versions.entrySet().stream().map(entry -> stub(entry.getKey(), entry.getValue()));
    }

    @Override
    public int size() {
        return versions.size();
    }

    @Override
    public GenericKubernetesResource get(String key) {
        return stub(key, versions.get(key));
    }

    /** Objects are handed on as they come, page by page. */
    @Override
    public boolean isFullState() {
        return false;
    }

    private static GenericKubernetesResource stub(String key, String version) {
        if (version == null) {
            return null;
        }
        final int slash = key.indexOf('/');
        final ObjectMeta metadata = new ObjectMeta();
        metadata.setNamespace(slash < 0 ? null : key.substring(0, slash));
        metadata.setName(key.substring(slash + 1));
        metadata.setResourceVersion(version);
        final GenericKubernetesResource stub = new GenericKubernetesResource();
        stub.setMetadata(metadata);
        return stub;
    }
}
