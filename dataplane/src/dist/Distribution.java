import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Puts the distribution together: jars, native libraries, a Java runtime of only the modules in use, launcher,
 * configuration, start-up cache, and the CNI plugin as its module has made it. Maven runs it as a source file with the
 * JDK of the build, at {@code package}:
 * <pre>java Distribution.java MODULE_DIR DIST CLASS_PATH_FILE JAR BUILD_STARTED CNI_DIST</pre>
 * A file is replaced only when its content differs, and then by a rename: daemons that run from this directory keep
 * what they have open, and what depends on unchanged files (runtime, start-up cache) is not made again.
 */
public final class Distribution {
    /** One platform so far; jffi has its libraries under names of this kind in one jar for all platforms. */
    private static final List<String> NATIVE_ENTRIES = List.of("jni/x86_64-Linux/", "META-INF/native/");

    /**
     * Modules that libraries name but Ringway never reaches: Jackson's optional handlers of java.sql and DOM types,
     * snakeyaml's bean introspection (only the tree model is used), Agrona's run-time compiler.
     */
    private static final Set<String> UNREACHED = Set.of("java.desktop", "java.sql", "java.compiler");

    private final Path module;
    private final Path dist;

    private Distribution(final Path module, final Path dist) {
        this.module = module;
        this.dist = dist;
    }

    /** Arguments as in the class comment. */
    public static void main(final String[] args) throws IOException, InterruptedException {
        final Distribution distribution = new Distribution(Path.of(args[0]), Path.of(args[1]));
        final List<Path> jars = new ArrayList<>(List.of(Path.of(args[3])));
        for (final String jar : Files.readString(Path.of(args[2])).strip().split(":")) {
            jars.add(Path.of(jar));
        }
        distribution.makeLibraries(jars);
        distribution.makeRuntime();
        distribution.makeFiles();
        distribution.makePlugin(Path.of(args[5]));
        distribution.train();
        distribution.stamp(Instant.parse(args[4]));
    }

    /** Jars go to lib, native libraries out of their jars to lib/native: nothing is unpacked to /tmp at a start. */
    private void makeLibraries(final List<Path> jars) throws IOException {
        final Path lib = dist.resolve("lib");
        final Path natives = lib.resolve("native");
        Files.createDirectories(natives);
        final Set<Path> wanted = new TreeSet<>();
        for (final Path jar : jars) {
            if (!holdsNatives(jar)) {
                wanted.add(replace(jar, lib.resolve(jar.getFileName())));
                continue;
            }
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (final ZipEntry entry : Collections.list(zip.entries())) {
                    if (!entry.isDirectory() && NATIVE_ENTRIES.stream().anyMatch(entry.getName()::startsWith)) {
                        final Path unpacked = Files.createTempFile("ringway", ".so");
                        try (InputStream in = zip.getInputStream(entry)) {
                            Files.copy(in, unpacked, StandardCopyOption.REPLACE_EXISTING);
                        }
                        final Path name = Path.of(entry.getName()).getFileName();
                        wanted.add(replace(unpacked, natives.resolve(name)));
                        Files.delete(unpacked);
                    }
                }
            }
        }
        removeOthers(lib, ".jar", wanted);
        removeOthers(natives, "", wanted);
    }

    private static boolean holdsNatives(final Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().map(ZipEntry::getName).noneMatch(name -> name.endsWith(".class")
                    && !name.endsWith("module-info.class"));
        }
    }

    private static void removeOthers(final Path dir, final String suffix, final Set<Path> wanted) throws IOException {
        for (final Path file : list(dir, suffix)) {
            if (!wanted.contains(file)) {
                Files.delete(file);
            }
        }
    }

    /** jdeps tells the modules, jlink makes the runtime; skipped while neither the modules nor the JDK change. */
    private void makeRuntime() throws IOException {
        final List<String> arguments = new ArrayList<>(List.of("--multi-release", "25", "--ignore-missing-deps",
                "--list-deps"));
        list(dist.resolve("lib"), ".jar").forEach(jar -> arguments.add(jar.toString()));
        final Set<String> modules = run("jdeps", arguments).lines()
                .map(line -> line.strip().split("/")[0])
                .filter(name -> ModuleLayer.boot().findModule(name).isPresent() && !UNREACHED.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        final String recipe = Runtime.version() + " " + String.join(",", modules);
        final Path runtime = dist.resolve("runtime");
        final Path made = runtime.resolve("recipe");
        if (Files.exists(made) && Files.readString(made).equals(recipe)) {
            return;
        }
        say("Java runtime of " + String.join(" ", modules));
        final Path next = dist.resolve("runtime.new");
        deleteTree(next);
        run("jlink", List.of("--add-modules", String.join(",", modules), "--strip-java-debug-attributes",
                "--no-header-files", "--no-man-pages", "--compress", "zip-6", "--output", next.toString()));
        Files.writeString(next.resolve("recipe"), recipe);
        deleteTree(runtime);
        Files.move(next, runtime);
    }

    private void makeFiles() throws IOException {
        final Path launcher = dist.resolve("bin/ringway");
        replace(module.resolve("src/dist/ringway"), launcher);
        if (!launcher.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + launcher + " executable");
        }
        replace(module.resolve("../conf/ringway.yaml"), dist.resolve("conf/ringway.yaml"));
    }

    /** As a whole: its launcher names the directory beside it, which has another name with every change. */
    private void makePlugin(final Path made) throws IOException {
        final Path plugin = dist.resolve("cni");
        final Path launcher = plugin.resolve("ringway-cni");
        if (Files.exists(launcher) && Files.mismatch(made.resolve("ringway-cni"), launcher) == -1) {
            return;
        }
        final Path next = dist.resolve("cni.new");
        deleteTree(next);
        copyTree(made, next);
        deleteTree(plugin);
        Files.move(next, plugin);
    }

    /** With the files' times, which the start-up cache looks at. */
    private static void copyTree(final Path source, final Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (final Path file : files.toList()) {
                Files.copy(file, target.resolve(source.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** The cache is a matter of start-up time only, so a failed training is told and the build goes on. */
    private void train() throws IOException, InterruptedException {
        final Path cache = dist.resolve("lib/ringway.aot");
        final Path script = module.resolve("src/dist/train.sh");
        final List<Path> inputs = list(dist.resolve("lib"), ".jar");
        inputs.addAll(List.of(script, script.resolveSibling("TrainingApi.java"), dist.resolve("bin/ringway"),
                dist.resolve("runtime/recipe")));
        if (Files.exists(cache) && newest(inputs).compareTo(Files.getLastModifiedTime(cache)) <= 0) {
            return;
        }
        Files.deleteIfExists(cache);
        say("start-up cache from a training run");
        final Path log = dist.resolveSibling("train.log");
        final Path next = dist.resolve("lib/ringway.aot.new");
        final int code = new ProcessBuilder("sh", script.toString(), dist.toString(), next.toString(),
                Path.of(System.getProperty("java.home"), "bin/java").toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        if (code == 0 && Files.exists(next)) {
            Files.move(next, cache);
            return;
        }
        Files.deleteIfExists(next);
        System.err.println("WARNING: the training run failed (exit code " + code + ", see " + log
                + "): ringway works without its start-up cache, but starts more slowly.");
    }

    /** Says when this build began: sources newer than that ask for another one. */
    private void stamp(final Instant started) throws IOException {
        final Path stamp = dist.resolve("built");
        Files.writeString(stamp, started + "\n");
        Files.setLastModifiedTime(stamp, FileTime.from(started));
    }

    private static Path replace(final Path source, final Path target) throws IOException {
        if (Files.exists(target) && Files.mismatch(source, target) == -1) {
            return target;
        }
        Files.createDirectories(target.getParent());
        final Path next = target.resolveSibling(target.getFileName() + ".new");
        Files.copy(source, next, StandardCopyOption.REPLACE_EXISTING);
        return Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Path> list(final Path dir, final String suffix) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(Files::isRegularFile).filter(file -> file.toString().endsWith(suffix)).sorted()
                    .collect(Collectors.toCollection(ArrayList::new));
        }
    }

    private static FileTime newest(final List<Path> files) throws IOException {
        FileTime newest = FileTime.fromMillis(0);
        for (final Path file : files) {
            final FileTime time = Files.getLastModifiedTime(file);
            newest = time.compareTo(newest) > 0 ? time : newest;
        }
        return newest;
    }

    private static String run(final String tool, final List<String> arguments) throws IOException {
        final StringWriter out = new StringWriter();
        final PrintWriter writer = new PrintWriter(out);
        final int code = ToolProvider.findFirst(tool)
                .orElseThrow(() -> new IOException("this JDK has no " + tool))
                .run(writer, writer, arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IOException(tool + " failed: " + out);
        }
        return out.toString();
    }

    private static void deleteTree(final Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (final Path file : files.sorted(Collections.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void say(final String what) {
        System.out.println("distribution: " + what);
    }
}
