package dev.ringway.control.kubernetes;

import dev.ringway.config.ServiceObjectReader;
import dev.ringway.control.services.EndpointSliceSpec;
import dev.ringway.control.services.ServiceSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The client and its informers. Lists are read by the page and no object is kept, so that memory follows from what the
 * readers make of them. A watch that ends goes on where it was, one that is too old (410) lists again, and whatever
 * else happens is tried again for ever. Threads: the client's own; {@link #close} ends them.
 */
final class ApiConnection implements NodePublisher.Api, NodeEvents.Api, Watchdog.Api, AutoCloseable {
    private static final String PROXY_NAME = "service.kubernetes.io/service-proxy-name";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final ResourceDefinitionContext NODE = new ResourceDefinitionContext.Builder().withVersion("v1")
            .withPlural("nodes").withKind("Node").withNamespaced(false).build();
    private static final ResourceDefinitionContext SERVICE = new ResourceDefinitionContext.Builder().withVersion("v1")
            .withPlural("services").withKind("Service").withNamespaced(true).build();
    private static final ResourceDefinitionContext SLICE = new ResourceDefinitionContext.Builder()
            .withGroup("discovery.k8s.io").withVersion("v1").withPlural("endpointslices").withKind("EndpointSlice")
            .withNamespaced(true).build();
    /** Objects a page: about a megabyte of text. */
    private static final long NODES_A_PAGE = 50;
    private static final long SERVICES_A_PAGE = 250;
    private static final long SLICES_A_PAGE = 50;
    private static final int ANSWER_MS = 5_000;

    private final KeyStore nodeKeys = new KeyStore();
    private final KeyStore serviceKeys = new KeyStore();
    private final KeyStore sliceKeys = new KeyStore();
    private final Feed<NodeObject> nodes = new Feed<>("Node", nodeKeys,
            (object, title, warnings) -> NodeObject.read(Trees.ofNode(object)));
    private final Feed<ServiceSpec> services;
    private final Feed<EndpointSliceSpec> slices;
    private final List<Watched> watched = new ArrayList<>(3);
    private final ExecutorService executor = Executors.newCachedThreadPool(threads());
    private KubernetesClient client;
    private volatile String problem;
    /** What to do about a problem at the start. */
    private volatile String hint = "";

    /** @param informer the one that watches this kind */
    private record Watched(Informable<GenericKubernetesResource> kind, KeyStore keys, Feed<?> feed,
            SharedIndexInformer<GenericKubernetesResource> informer) {
    }

    ApiConnection() {
        final List<String> serviceWarnings = new ArrayList<>();
        final ServiceObjectReader serviceReader = new ServiceObjectReader(serviceWarnings::add);
        services = new Feed<>("Service", serviceKeys, (object, title, warnings) -> {
            serviceWarnings.clear();
            final ServiceSpec read = serviceReader.service(Trees.of(object), title);
            warnings.addAll(serviceWarnings);
            return read;
        });
        final List<String> sliceWarnings = new ArrayList<>();
        final ServiceObjectReader sliceReader = new ServiceObjectReader(sliceWarnings::add);
        slices = new Feed<>("EndpointSlice", sliceKeys, (object, title, warnings) -> {
            sliceWarnings.clear();
            final EndpointSliceSpec read = sliceReader.slice(Trees.of(object), title);
            warnings.addAll(sliceWarnings);
            return read;
        });
    }

    Feed<NodeObject> nodes() {
        return nodes;
    }

    Feed<ServiceSpec> services() {
        return services;
    }

    Feed<EndpointSliceSpec> slices() {
        return slices;
    }

    ExecutorService executor() {
        return executor;
    }

    /** Why not all kinds are being watched, or null if they are. Any thread. */
    String problem() {
        if (isWatching()) {
            problem = null;
            return null;
        }
        final String known = problem;
        if (known == null) {
            return "the Kubernetes API: no answer yet";
        }
        return slices.mailbox().isListed() ? known : known + hint;
    }

    /** Builds the client, which takes a while, and starts watching; on the executor, because nobody should wait. */
    void start(KubernetesSettings settings) {
        if (settings.apiServer() == null && settings.kubeconfig() == null) {
            hint = " (where no kube-proxy runs, kubernetes.apiServer must be set: to an address of the API server that"
                    + " works without cluster IPs)";
        }
        executor.execute(() -> {
            try {
                open(settings);
            } catch (RuntimeException e) {
                problem = "the client of the Kubernetes API cannot start: " + text(e);
            }
        });
    }

    private synchronized void open(KubernetesSettings settings) {
        if (executor.isShutdown()) {
            return;
        }
        client = new KubernetesClientBuilder().withConfig(ClientConfig.of(settings))
                .withKubernetesSerialization(serialization())
                .withTaskExecutorSupplier(new SharedExecutor(executor)).build();
        watched.add(watch(client.genericKubernetesResources(NODE).withLimit(NODES_A_PAGE), nodeKeys, nodes));
        watched.add(watch(client.genericKubernetesResources(SERVICE).inAnyNamespace().withoutLabel(PROXY_NAME)
                .withoutLabel(HEADLESS).withLimit(SERVICES_A_PAGE), serviceKeys, services));
        watched.add(watch(client.genericKubernetesResources(SLICE).inAnyNamespace().withLabel(SERVICE_NAME)
                .withoutLabel(PROXY_NAME).withoutLabel(HEADLESS).withLimit(SLICES_A_PAGE), sliceKeys, slices));
    }

    /** Knows none of the thousands of types that it could find, but that of errors: a watch must see a 410 as one. */
    private static KubernetesSerialization serialization() {
        final KubernetesSerialization serialization =
                new KubernetesSerialization(JsonMapper.builder().build(), false);
        serialization.registerKubernetesResource(Status.class);
        return serialization;
    }

    private Watched watch(Informable<GenericKubernetesResource> kind, KeyStore keys, Feed<?> feed) {
        final SharedIndexInformer<GenericKubernetesResource> informer = kind.runnableInformer(0).itemStore(keys)
                .removeNamespaceIndex().addEventHandler(feed).exceptionHandler((started, exception) -> {
                    problem = "the Kubernetes API: " + text(exception);
                    return true;
                });
        informer.start();
        return new Watched(kind, keys, feed, informer);
    }

    /** True while all kinds are being watched. Any thread. */
    synchronized boolean isWatching() {
        return !watched.isEmpty() && watched.stream().allMatch(each -> each.informer().isWatching());
    }

    /** Whatever the answer is, there is somebody who answers. */
    @Override
    public void ask() throws Exception {
        if (!isWatching()) {
            return;
        }
        final HttpClient http = connected().getHttpClient();
        final HttpRequest question = http.newHttpRequestBuilder().timeout(ANSWER_MS, TimeUnit.MILLISECONDS)
                .uri(connected().getMasterUrl().toURI().resolve("version")).build();
        try {
            http.sendAsync(question, byte[].class).get(ANSWER_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("nothing within " + ANSWER_MS / 1_000 + " s");
        }
    }

    @Override
    public synchronized List<String> positions() {
        return watched.stream().map(each -> String.valueOf(each.informer().lastSyncResourceVersion())).toList();
    }

    @Override
    public synchronized void renew(List<String> positions) {
        final List<String> now = positions();
        for (int i = 0; i < watched.size() && !executor.isShutdown(); i++) {
            final Watched old = watched.get(i);
            if (old.informer().isWatching() && now.get(i).equals(positions.get(i))) {
                old.informer().stop();
                watched.set(i, watch(old.kind(), old.keys(), old.feed()));
            }
        }
    }

    @Override
    public void createEvent(String namespace, String event) {
        connected().raw("/api/v1/namespaces/" + namespace + "/events", "POST", event);
    }

    private synchronized KubernetesClient connected() {
        if (client == null) {
            throw new KubernetesClientException("not connected yet");
        }
        return client;
    }

    @Override
    public void patchNodeStatus(String node, String patch) {
        connected().genericKubernetesResources(NODE).withName(node).subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
    }

    @Override
    public void close() {
        executor.shutdown();
        synchronized (this) {
            watched.forEach(each -> each.informer().stop());
            if (client != null) {
                client.close();
            }
        }
        executor.shutdownNow();
        try {
            executor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The message of what is at the bottom of it. */
    static String text(Throwable exception) {
        Throwable cause = exception;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        final String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message.lines().findFirst().orElse("");
    }

    private static ThreadFactory threads() {
        return Thread.ofPlatform().daemon().name("kubernetes-", 1).factory();
    }

    /** The client does not end what it did not make. */
    private record SharedExecutor(ExecutorService executor) implements KubernetesClientBuilder.ExecutorSupplier {
        @Override
        public Executor get() {
            return executor;
        }

        @Override
        public void onClose(Executor closed) {
            // Ours to end.
        }
    }
}
