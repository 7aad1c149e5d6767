package dev.ringway.control.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.grpc.Status;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A client of etcd for the keys below one prefix. Calls wait for their answer, five seconds at most. One that has
 * failed is best replaced: a new one connects at once, while the old one's wait between attempts grows to two minutes.
 * Any thread.
 */
final class EtcdStore implements AutoCloseable {
    static final long TIMEOUT_MS = 5_000;
    private static final int PAGE = 128;
    /** Of one answer: a page of keys, or what a watch has to catch up. */
    private static final int MOST_BYTES = 16 << 20;
    private static final String FIRST_BEHIND = "\0";
    /** What matters reaches us as exceptions. The field keeps the level: a logger that nobody has is forgotten. */
    private static final List<Logger> QUIET = List.of(Logger.getLogger("io.grpc"),
            Logger.getLogger("com.google.common"));

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.OFF));
    }

    private final String prefix;
    private final String name;
    private final Client client;

    /**
     * Where etcd is.
     *
     * @param clusterId of etcd; of another store it is another
     */
    record Head(long clusterId, long revision) {
    }

    private EtcdStore(EtcdSettings settings, Client client) {
        prefix = settings.prefix() + "/";
        name = "etcd at " + String.join(", ", settings.endpoints());
        this.client = client;
    }

    /** Does not connect yet. */
    static EtcdStore open(EtcdSettings settings) throws IOException {
        try {
            final ClientBuilder builder = Client.builder().endpoints(settings.endpoints().toArray(new String[0]))
                    .waitForReady(false).retryMaxAttempts(1).maxInboundMessageSize(MOST_BYTES)
                    .connectTimeout(Duration.ofMillis(TIMEOUT_MS)).keepaliveTime(Duration.ofSeconds(10))
                    .keepaliveTimeout(Duration.ofMillis(TIMEOUT_MS)).keepaliveWithoutCalls(false);
            if (settings.user() != null) {
                builder.user(bytes(settings.user())).password(bytes(settings.password()));
            }
            if (settings.endpoints().stream().anyMatch(url -> url.startsWith("https:"))) {
                builder.sslContext(context -> tls(settings, context));
            }
            return new EtcdStore(settings, builder.build());
        } catch (IOException | RuntimeException e) {
            throw new IOException("the client of etcd cannot start: " + text(e), e);
        }
    }

    private static void tls(EtcdSettings settings, SslContextBuilder context) {
        if (settings.ca() != null) {
            take(settings.ca().toString(), () -> context.trustManager(settings.ca().toFile()));
        }
        if (settings.cert() != null) {
            take(settings.cert() + " with " + settings.key(),
                    () -> context.keyManager(settings.cert().toFile(), settings.key().toFile()));
        }
    }

    private static void take(String files, Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            // Of the causes the one at the bottom is told, and that does not name the file.
            throw new IllegalArgumentException(files + ": " + text(e));
        }
    }

    Head head() throws IOException {
        return head(call(client.getKVClient().get(bytes(prefix), GetOption.builder().withCountOnly(true).build())));
    }

    /**
     * Reads all keys below the section, as they were together at one revision.
     *
     * @param section as in {@code ranges/}; empty: all
     */
    Head list(String section, Consumer<Entry> each) throws IOException {
        final ByteSequence end = endOf(prefix + section);
        String from = prefix + section;
        Head head = null;
        int page = PAGE;
        while (true) {
            final GetOption.Builder option = GetOption.builder().withRange(end).withLimit(page);
            if (head != null) {
                option.withRevision(head.revision());
            }
            final GetResponse answer;
            try {
                answer = call(client.getKVClient().get(bytes(from), option.build()));
            } catch (IOException e) {
                if (page > 1 && isCode(e, ErrorCode.RESOURCE_EXHAUSTED)) {
                    page /= 2;
                    continue;
                }
                throw e;
            }
            head = head == null ? head(answer) : head;
            for (KeyValue one : answer.getKvs()) {
                each.accept(entry(one));
            }
            if (!answer.isMore()) {
                return head;
            }
            from = answer.getKvs().getLast().getKey().toString(StandardCharsets.UTF_8) + FIRST_BEHIND;
        }
    }

    /** Follows all keys from a revision on, until it fails; {@link WatchListener} tells. */
    AutoCloseable watch(long from, WatchListener listener) {
        return client.getWatchClient().watch(bytes(prefix), WatchOption.builder().withRange(endOf(prefix))
                .withRevision(from).withCreateNotify(true).withRequireLeader(true).build(),
                new WatchAdapter(prefix, listener));
    }

    /** A new lease. */
    long grant(int seconds) throws IOException {
        return call(client.getLeaseClient().grant(seconds, TIMEOUT_MS, TimeUnit.MILLISECONDS)).getID();
    }

    /** @return false if the lease is no more */
    boolean keepAlive(long lease) throws IOException {
        try {
            return call(client.getLeaseClient().keepAliveOnce(lease)).getTTL() > 0;
        } catch (IOException e) {
            if (isCode(e, ErrorCode.NOT_FOUND)) {
                return false;
            }
            throw e;
        }
    }

    /** @return the revision of it */
    long put(String key, String value, long lease) throws IOException {
        return call(client.getKVClient().put(key(key), bytes(value), PutOption.builder().withLeaseId(lease).build()))
                .getHeader().getRevision();
    }

    /** Makes a key that must not be there yet. */
    boolean create(String key, String value) throws IOException {
        return call(client.getKVClient().txn()
                .If(new Cmp(key(key), Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .Then(Op.put(key(key), bytes(value), PutOption.DEFAULT)).commit()).isSucceeded();
    }

    /** Deletes keys together, if each of the guarded ones still has the value. */
    boolean delete(List<String> keys, List<String> guarded, String value) throws IOException {
        final List<Cmp> guards = new ArrayList<>();
        final List<Op> deletions = new ArrayList<>();
        for (String key : guarded) {
            guards.add(new Cmp(key(key), Cmp.Op.EQUAL, CmpTarget.value(bytes(value))));
            deletions.add(Op.delete(key(key), DeleteOption.DEFAULT));
        }
        for (String key : keys) {
            deletions.add(Op.delete(key(key), DeleteOption.DEFAULT));
        }
        return call(client.getKVClient().txn().If(guards.toArray(new Cmp[0])).Then(deletions.toArray(new Op[0]))
                .commit()).isSucceeded();
    }

    @Override
    public void close() {
        client.close();
    }

    private <T> T call(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(name + ": " + text(e), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(name + ": no answer within " + TIMEOUT_MS / 1_000 + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(name + ": interrupted", e);
        }
    }

    private Entry entry(KeyValue one) {
        return new Entry(one.getKey().toString(StandardCharsets.UTF_8).substring(prefix.length()),
                one.getValue().toString(StandardCharsets.UTF_8), one.getCreateRevision(), one.getModRevision(),
                one.getLease());
    }

    private static Head head(GetResponse answer) {
        return new Head(answer.getHeader().getClusterId(), answer.getHeader().getRevision());
    }

    private ByteSequence key(String key) {
        return bytes(prefix + key);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    /** The first key behind all that begin with this, which ends in a slash. */
    private static ByteSequence endOf(String prefix) {
        return bytes(prefix.substring(0, prefix.length() - 1) + (char) ('/' + 1));
    }

    private static boolean isCode(IOException e, ErrorCode code) {
        return e.getCause() instanceof EtcdException etcd ? etcd.getErrorCode() == code
                : Status.fromThrowable(e).getCode().name().equals(code.name());
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
}
