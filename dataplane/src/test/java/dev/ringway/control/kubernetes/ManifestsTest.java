package dev.ringway.control.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.ringway.config.ConfigException;
import dev.ringway.config.SourceConfig;
import dev.ringway.config.SwitchConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/** What is applied to a cluster: every field is one that the API knows, and what belongs together fits. */
class ManifestsTest {
    private static final Path WHOLE = Path.of("../conf/kubernetes/ringway.yaml");
    private static final Path ROOT = Path.of(System.getProperty("user.dir")).getFileName().toString()
            .equals("dataplane") ? Path.of("../conf/kubernetes") : Path.of("conf/kubernetes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1/Namespace", Namespace.class, "v1/ServiceAccount", ServiceAccount.class, "v1/ConfigMap", ConfigMap.class,
            "rbac.authorization.k8s.io/v1/ClusterRole", ClusterRole.class,
            "rbac.authorization.k8s.io/v1/ClusterRoleBinding", ClusterRoleBinding.class,
            "apps/v1/DaemonSet", DaemonSet.class,
            "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy", ValidatingAdmissionPolicy.class,
            "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding",
            ValidatingAdmissionPolicyBinding.class);

    /** The models of the API take what they do not know into a map; without it, it is an error. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                    return false;
                }
            }).build();

    private static List<JsonNode> documents(Path file) throws IOException {
        return YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile()).readAll();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static HasMetadata strict(JsonNode document) {
        final String kind = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
        assertTrue(KINDS.containsKey(kind), kind);
        return STRICT.readValue(document.toString(), KINDS.get(kind));
    }

    private static <T> T only(String file, Class<T> type) throws IOException {
        for (JsonNode document : documents(ROOT.resolve(file))) {
            if (document.path("kind").asText().equals(type.getSimpleName())) {
                return type.cast(strict(document));
            }
        }
        throw new IOException(file + " has no " + type.getSimpleName());
    }

    @Test
    void everyFieldIsKnown() throws IOException {
        final List<HasMetadata> objects = new ArrayList<>();
        for (Path file : files(ROOT)) {
            if (!file.getFileName().toString().equals("kustomization.yaml")
                    && !file.getParent().getParent().endsWith("overlays") && !file.equals(WHOLE)
                    && !file.endsWith("base/ringway.yaml")) {
                for (JsonNode document : documents(file)) {
                    objects.add(strict(document));
                }
            }
        }
        assertEquals(7, objects.size());
        for (HasMetadata object : objects) {
            assertTrue(object.getMetadata().getName().startsWith("ringway"));
            assertTrue(object.getMetadata().getNamespace() == null
                    || object.getMetadata().getNamespace().equals("ringway"));
        }
    }

    @Test
    void theSwitchTakesItsConfiguration() throws ConfigException {
        final SwitchConfig config = SwitchConfig.read(ROOT.resolve("base/ringway.yaml"));
        assertTrue(config.source() instanceof SourceConfig.Kubernetes);
        // A new pod takes over what the one before it has left.
        assertFalse(config.removeAtStop());
        // flannel's port.
        assertEquals(8472, config.encap().port());
    }

    @Test
    void unknownFieldsWouldBeFound() throws IOException {
        for (String path : List.of("/spec", "/spec/template/spec", "/spec/template/spec/containers/0",
                "/spec/template/spec/containers/0/securityContext/capabilities",
                "/spec/template/spec/volumes/1/hostPath", "/spec/template/spec/tolerations/0", "/metadata")) {
            final JsonNode document = documents(ROOT.resolve("base/daemonset.yaml")).getFirst();
            ((ObjectNode) document.at(path)).put("misspelt", true);
            assertThrows(JacksonException.class, () -> strict(document), path);
        }
    }

    /** A patch is a part of an object; the directives of a strategic merge are not of the object's. */
    @ParameterizedTest
    @ValueSource(strings = {"privileged", "uninstall"})
    void patchesArePartsOfWhatTheyChange(String overlay) throws IOException {
        final JsonNode patch = documents(ROOT.resolve("overlays/" + overlay + "/" + overlay + ".yaml")).getFirst();
        removeDirectives(patch);
        final DaemonSet changed = (DaemonSet) strict(patch);
        final DaemonSet base = only("base/daemonset.yaml", DaemonSet.class);
        assertEquals(base.getMetadata().getName(), changed.getMetadata().getName());
        assertEquals(base.getMetadata().getNamespace(), changed.getMetadata().getNamespace());
        assertEquals(base.getSpec().getTemplate().getSpec().getContainers().getFirst().getName(),
                changed.getSpec().getTemplate().getSpec().getContainers().getFirst().getName());
    }

    private static void removeDirectives(JsonNode node) {
        if (node instanceof ObjectNode object && object.has("$patch")) {
            assertEquals("delete", object.remove("$patch").asText());
        }
        node.forEach(ManifestsTest::removeDirectives);
    }

    /** For {@code kubectl apply -f}; -Dringway.write=true writes it. */
    @Test
    void theOneFileIsOfTheBase() throws IOException {
        final StringBuilder whole = new StringBuilder("# All of base/ in one file for kubectl apply -f. Generated by:\n"
                + "# ./mvnw -pl dataplane -am test -Dtest=ManifestsTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dringway.write=true\n");
        for (String name : List.of("namespace.yaml", "rbac.yaml")) {
            whole.append(Files.readString(ROOT.resolve("base").resolve(name))).append("---\n");
        }
        whole.append("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ringway\n  namespace: ringway\ndata:\n"
                + "  ringway.yaml: |\n");
        Files.readString(ROOT.resolve("base/ringway.yaml")).lines().forEach(line ->
                whole.append(line.isEmpty() ? "" : "    ").append(line).append('\n'));
        whole.append("---\n").append(Files.readString(ROOT.resolve("base/daemonset.yaml")));
        if (Boolean.getBoolean("ringway.write")) {
            Files.writeString(WHOLE, whole);
        }
        assertEquals(whole.toString(), Files.readString(WHOLE), "out of date; its head tells how to write it");
        for (JsonNode document : documents(WHOLE)) {
            strict(document);
        }
        assertEquals(6, documents(WHOLE).size());
    }

    @Test
    void kustomizationsNameWhatIsThere() throws IOException {
        for (Path file : files(ROOT)) {
            if (!file.getFileName().toString().equals("kustomization.yaml")) {
                continue;
            }
            final JsonNode kustomization = documents(file).getFirst();
            final List<String> named = new ArrayList<>(List.of("kustomization.yaml"));
            kustomization.path("resources").forEach(name -> named.add(name.asText()));
            kustomization.path("patches").forEach(patch -> named.add(patch.path("path").asText()));
            kustomization.path("configMapGenerator").forEach(map ->
                    map.path("files").forEach(name -> named.add(name.asText())));
            for (String name : named) {
                assertTrue(Files.exists(file.resolveSibling(name)), () -> file + " names " + name);
            }
            final Set<String> there = files(file.getParent()).stream().map(other ->
                    file.getParent().relativize(other).toString()).collect(Collectors.toSet());
            assertTrue(named.containsAll(there), () -> file + " lacks one of " + there);
        }
    }

    /** The least that {@link ApiConnection} can do with. */
    @Test
    void roleAllowsJustWhatIsAsked() throws IOException {
        final ClusterRole role = only("base/rbac.yaml", ClusterRole.class);
        assertEquals(List.of("[] [nodes] [get, list, watch]", "[] [nodes/status] [patch]",
                        "[] [services] [list, watch]", "[discovery.k8s.io] [endpointslices] [list, watch]",
                        "[] [events] [create]"),
                role.getRules().stream().map(rule -> rule.getApiGroups() + " " + rule.getResources() + " "
                        + rule.getVerbs()).toList());
        final ClusterRoleBinding binding = only("base/rbac.yaml", ClusterRoleBinding.class);
        assertEquals(role.getMetadata().getName(), binding.getRoleRef().getName());
        final ServiceAccount account = only("base/rbac.yaml", ServiceAccount.class);
        assertEquals(account.getMetadata().getName(), binding.getSubjects().getFirst().getName());
        assertEquals(account.getMetadata().getNamespace(), binding.getSubjects().getFirst().getNamespace());
        assertTrue(only("components/own-node-only/policy.yaml", ValidatingAdmissionPolicy.class).getSpec()
                .getMatchConditions().getFirst().getExpression().contains("'system:serviceaccount:"
                        + account.getMetadata().getNamespace() + ":" + account.getMetadata().getName() + "'"));
    }

    /** Probes ask where the switch answers. */
    @Test
    void probesTestTheDataPath() throws IOException {
        final Container container = only("base/daemonset.yaml", DaemonSet.class).getSpec().getTemplate().getSpec()
                .getContainers().getFirst();
        for (Probe probe : List.of(container.getStartupProbe(), container.getLivenessProbe(),
                container.getReadinessProbe())) {
            assertEquals("127.0.0.1", probe.getHttpGet().getHost());
            assertEquals(container.getPorts().getFirst().getName(), probe.getHttpGet().getPort().getStrVal());
        }
        assertEquals(9465, container.getPorts().getFirst().getContainerPort());
        assertEquals("/readyz", container.getReadinessProbe().getHttpGet().getPath());
    }

    @Test
    void podFits() throws IOException {
        final DaemonSet set = only("base/daemonset.yaml", DaemonSet.class);
        final PodSpec pod = set.getSpec().getTemplate().getSpec();
        assertEquals(set.getSpec().getSelector().getMatchLabels(),
                set.getSpec().getTemplate().getMetadata().getLabels());
        assertEquals(only("base/rbac.yaml", ServiceAccount.class).getMetadata().getName(),
                pod.getServiceAccountName());
        assertEquals("system-node-critical", pod.getPriorityClassName());
        assertTrue(pod.getHostNetwork());
        assertNull(pod.getHostPID());
        assertEquals("Exists", pod.getTolerations().getFirst().getOperator());
        assertNull(pod.getTolerations().getFirst().getKey());
        final Container container = pod.getContainers().getFirst();
        assertNull(container.getSecurityContext().getPrivileged());
        assertEquals(List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
        assertEquals(List.of("NET_ADMIN", "NET_RAW", "SYS_ADMIN"),
                container.getSecurityContext().getCapabilities().getAdd());
        assertEquals(pod.getVolumes().stream().map(Volume::getName).toList(),
                container.getVolumeMounts().stream().map(VolumeMount::getName).toList());
    }
}
