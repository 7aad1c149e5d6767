package dev.ringway;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.ClassesShould;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Keeps the packages apart as the table says: by which of ours a package may import, and, on the packet path, by
 * which libraries and which parts of the JDK. A package that comes gets a row, below all that it imports.
 */
class ArchitectureTest {
    private static final String ROOT = "dev.ringway.";

    /**
     * The packages in the order of their layers. Nothing above the wall imports anything below it, by the order alone.
     * Libraries: above the wall a package uses no others; below, any that is not in another package's row.
     */
    private static final String TABLE = """
            package        | may import                                                      | libraries
            wire           |                                                                 |
            packet         | wire                                                            |
            linux          | wire                                                            |
            tun            | wire packet linux                                               |
            ring           | wire packet                                                          | com.lmax.disruptor
            fib            | packet                                                          |
            offload        | wire packet                                                     |
            encap          | wire packet fib                                                 |
            conntrack      | wire packet                                                     |
            service        | wire packet fib conntrack                                       |
            underlay       | wire packet linux tun fib encap                                 |
            underlay.netty | wire packet linux tun fib encap ring underlay                   | io.netty
            snapshot       | packet tun fib service                                          |
            shard          | wire packet linux tun ring fib conntrack service offload encap underlay snapshot \
                             | org.agrona
            -- wall --
            control        | packet linux tun fib service snapshot                           |
            control.services | fib service control                                           |
            ipam           | fib control                                                     |
            podnet         | linux tun fib shard control control.services                    |
            podnet.cni     | linux tun fib control ipam podnet                               |
            observe        | packet tun fib conntrack encap service snapshot shard control control.services podnet |
            observe.metrics | packet fib service shard snapshot control control.services podnet observe \
                             | io.prometheus
            config         | linux tun fib encap service shard control control.services ipam |
            control.store  | fib service control control.services config                     |
            control.files  | linux service control control.services control.store config            |
            control.kubernetes | fib encap service control control.services control.store config | io.fabric8 \
            tools.jackson
            control.etcd   | fib service control control.services control.store config       | io.etcd io.grpc \
            io.netty.handler.ssl
            install        |                                                                 |
            lab            | linux encap                                                     |
            agent          | packet linux fib service encap underlay underlay.netty snapshot shard control \
            control.services control.etcd control.files control.kubernetes podnet podnet.cni observe observe.metrics \
            config install lab |
            """;

    /** What allocates, looks names up, or writes, and so has no place where packets pass. */
    private static final Predicate<String> NOT_ON_PATH = Pattern.compile(
            "java\\.util\\.stream\\..*|java\\.util\\.Optional.*|java\\.util\\.Formatter|java\\.net\\.Inet\\w*Address"
            + "|java\\.util\\.logging\\..*|java\\.lang\\.System\\$Logger.*").asMatchPredicate();

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.ringway");

    private static final List<Row> ROWS = rows();

    private record Row(String name, List<String> imports, List<String> libraries, boolean onPath) {
        boolean owns(final String className) {
            return libraries.stream().anyMatch(library -> className.startsWith(library + "."));
        }
    }

    private static List<Row> rows() {
        final List<String> lines = TABLE.lines().skip(1).toList();
        final int wall = lines.indexOf("-- wall --");
        return Stream.concat(lines.subList(0, wall).stream().map(line -> row(line, true)),
                lines.subList(wall + 1, lines.size()).stream().map(line -> row(line, false))).toList();
    }

    private static Row row(final String line, final boolean onPath) {
        final List<List<String>> cells = Stream.of(line.split("\\|", -1))
                .map(cell -> Stream.of(cell.split(" ")).filter(word -> !word.isEmpty()).toList()).toList();
        return new Row(cells.get(0).getFirst(), cells.get(1), cells.get(2), onPath);
    }

    @Test
    void tableHasThePackagesThatExist() {
        final Set<String> existing = CLASSES.stream().map(type -> type.getPackageName().substring(ROOT.length()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(ROWS.stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new)), existing);
    }

    @Test
    void rowsImportRowsAboveThem() {
        final Map<String, Integer> order = new TreeMap<>();
        for (final Row row : ROWS) {
            assertTrue(order.keySet().containsAll(row.imports()), row.name() + " imports from below");
            order.put(row.name(), order.size());
        }
    }

    @TestFactory
    Stream<DynamicTest> importsOfOurs() {
        return forEach(row -> true, row -> should -> should.dependOnClassesThat(named(
                "are Ringway's but not in " + row.imports(), name -> name.startsWith(ROOT)
                        && !row.imports().contains(packageOf(name)) && !row.name().equals(packageOf(name)))));
    }

    @TestFactory
    Stream<DynamicTest> librariesOnThePath() {
        return forEach(Row::onPath, row -> should -> should.dependOnClassesThat(named(
                "are neither the JDK's nor in " + row.libraries(), name -> name.contains(".")
                        && !name.startsWith("java.") && !name.startsWith(ROOT) && !row.owns(name))));
    }

    @TestFactory
    Stream<DynamicTest> librariesOfOthers() {
        return forEach(row -> !row.onPath(), row -> should -> should.dependOnClassesThat(named(
                "belong to a library of another package", name -> !row.owns(name) && ROWS.stream().anyMatch(
                        other -> other.owns(name)))));
    }

    @TestFactory
    Stream<DynamicTest> partsOfTheJdkOnThePath() {
        return forEach(Row::onPath, row -> should -> should.dependOnClassesThat(named(
                "allocate, look names up, or write", NOT_ON_PATH)));
    }

    @TestFactory
    Stream<DynamicTest> formattingOnThePath() {
        return forEach(Row::onPath, row -> should -> should.callMethodWhere(describe("it formats a string",
                (JavaMethodCall call) -> call.getTargetOwner().isEquivalentTo(String.class)
                        && call.getName().startsWith("format"))));
    }

    private static Stream<DynamicTest> forEach(final Predicate<Row> which,
            final Function<Row, Function<ClassesShould, ClassesShouldConjunction>> rule) {
        return ROWS.stream().filter(which).map(row -> dynamicTest(row.name(), () -> rule.apply(row)
                .apply(noClasses().that().resideInAPackage(ROOT + row.name()).should()).check(CLASSES)));
    }

    /** A predicate on a class by its name; of an array, by that of what it holds. */
    private static DescribedPredicate<JavaClass> named(final String description, final Predicate<String> test) {
        return describe(description, type -> test.test(type.getBaseComponentType().getName()));
    }

    private static String packageOf(final String className) {
        final String inRoot = className.substring(ROOT.length());
        return inRoot.substring(0, Math.max(0, inRoot.lastIndexOf('.')));
    }
}
