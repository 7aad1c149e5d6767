package dev.ringway.podnet.cni;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ringway.control.PodSpec;
import dev.ringway.fib.Prefix;
import dev.ringway.ipam.AddressPool;
import dev.ringway.ipam.IpamException;
import dev.ringway.ipam.Lease;
import dev.ringway.podnet.HostPort;
import dev.ringway.podnet.HostPortConflict;
import dev.ringway.podnet.HostPorts;
import dev.ringway.podnet.PodManager;
import dev.ringway.podnet.WrongPresence;
import dev.ringway.tun.Shaping;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The operations ADD, DEL, CHECK and GC of the CNI specification 1.1.0, as the plugin forwards them. Runs on the
 * connections' threads: those of different attachments at the same time, of one in turn, so that a DEL that comes while
 * an ADD is under way, whose client was killed, finds what the ADD made.
 */
final class CniService {
    private static final System.Logger LOG = System.getLogger(CniService.class.getName());
    private static final int LOCKS = 64;
    private static final int LEAST_MTU = 68;
    private static final int LEAST_MTU6 = 1280;

    private final PodManager pods;
    private final HostPorts hostPorts;
    private final Attachments attachments;
    private final AddressPool pool;
    private final NodeAddresses node;
    private final NetnsPaths netns;
    private final int podMtu;
    private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

    /** @param podMtu of interfaces that ask for none, in bytes */
    CniService(PodManager pods, HostPorts hostPorts, Attachments attachments, AddressPool pool, NodeAddresses node,
            NetnsPaths netns, int podMtu) {
        this.pods = pods;
        this.hostPorts = hostPorts;
        this.attachments = attachments;
        this.pool = pool;
        this.node = node;
        this.netns = netns;
        this.podMtu = podMtu;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    /** The result to print, or null if the command has none. */
    JsonNode run(CniRequest request) throws CniException {
        final long startNs = System.nanoTime();
        try {
            return switch (request.command()) {
                case "ADD" -> locked(request.id(), () -> add(request));
                case "DEL" -> locked(request.id(), () -> del(request));
                case "CHECK" -> locked(request.id(), () -> check(request));
                default -> gc(request);
            };
        } catch (IOException e) {
            throw explain(e);
        } finally {
            LOG.log(DEBUG, () -> request.command() + " " + request.id() + " took "
                    + (System.nanoTime() - startNs) / 1_000 + " us");
        }
    }

    /** A part of an operation. */
    private interface Work {
        JsonNode run() throws CniException, IOException;
    }

    private JsonNode locked(String id, Work work) throws CniException, IOException {
        final ReentrantLock lock = locks[Math.floorMod(id.hashCode(), LOCKS)];
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Looks after an attachment that a runtime may have forgotten; for the daemon's main thread. */
    void reconcile(Attachment attachment) {
        try {
            locked(attachment.id(), () -> {
                attachments.reconcile(attachment);
                return null;
            });
        } catch (CniException | IOException e) {
            LOG.log(WARNING, "pod " + attachment.name() + ": " + e.getMessage());
        }
    }

    private JsonNode add(CniRequest request) throws CniException, IOException {
        if (attachments.get(request.id()) != null) {
            throw new CniException(CniException.INVALID_ENVIRONMENT, "container " + request.containerId()
                    + " has interface " + request.ifname() + " already", "a DEL of it must come first");
        }
        final NetnsPaths.Checked namespace = netns.require(request);
        final JsonNode runtime = request.config().path("runtimeConfig");
        final List<HostPort> ports = RuntimeConfig.ports(runtime);
        final Shaping shaping = RuntimeConfig.shaping(runtime);
        List<Prefix> routes = IpamResult.routes(request.config());
        JsonNode dns = MissingNode.getInstance();
        final List<Lease> leases;
        if (request.ipamResult() != null) {
            final IpamResult given = IpamResult.parse(request.ipamResult());
            routes = given.routes().isEmpty() ? routes : given.routes();
            dns = given.dns();
            leases = take(request, given.leases());
        } else {
            leases = allocate(request);
        }
        try {
            final Attachment attachment = new Attachment(request.containerId(), request.ifname(), request.network(),
                    request.args().namespace(), request.args().name(), request.args().uid(), request.netns(),
                    namespace.identity(), leases, mtu(request, leases), routes.isEmpty() ? PodSpec.defaultRoutes(
                    leases.stream().map(Lease::address).toList()) : routes, ports, shaping,
                    request.ownIpam() ? "ringway" : request.config().path("ipam").path("type").asText());
            attachments.connect(attachment);
            logAdded(request, attachment);
            return AddResult.of(request, attachment, attachment.mtu() == 0 ? podMtu : attachment.mtu(), dns);
        } catch (IOException | CniException | RuntimeException e) {
            pool.release(request.id());
            throw e;
        }
    }

    private static void logAdded(CniRequest request, Attachment attachment) {
        LOG.log(INFO, () -> "pod " + attachment.name() + " connected: " + attachment.ifname() + " in "
                + attachment.netns() + ", container " + attachment.containerId());
        final String mac = request.config().path("runtimeConfig").path("mac").asText(
                request.config().path("args").path("cni").path("mac").asText(request.args().mac()));
        if (!mac.isEmpty()) {
            LOG.log(INFO, () -> "pod " + attachment.name() + ": the MAC address " + mac + " that is asked for is not"
                    + " set; its interface is a TUN device, which has none");
        }
    }

    private List<Lease> allocate(CniRequest request) throws CniException {
        if (!request.ownIpam()) {
            throw new CniException(CniException.INVALID_CONFIG, "the IPAM plugin "
                    + request.config().path("ipam").path("type").asText() + " gave no result");
        }
        final List<Lease> leases;
        try {
            leases = pool.allocate(request.id(), podName(request),
                    IpamConfig.ranges(request.config(), node.ranges(), node.podCidrs()),
                    IpamConfig.requested(request.config(), request.args()));
        } catch (IpamException e) {
            throw new CniException(e.isTemporary() ? CniException.TRY_AGAIN : CniException.INVALID_CONFIG,
                    e.getMessage());
        }
        try {
            requireOneEach(request, leases);
            return leases;
        } catch (CniException e) {
            pool.release(request.id());
            throw e;
        }
    }

    private List<Lease> take(CniRequest request, List<Lease> leases) throws CniException {
        node.requireUsable(leases);
        requireOneEach(request, leases);
        final String other = pool.take(request.id(), leases.stream().map(Lease::address).toList());
        if (other != null) {
            throw new CniException(CniException.TRY_AGAIN, "the IPAM plugin gave an address that is still that of "
                    + other);
        }
        return leases;
    }

    /** Results before 0.3.0 have no place for a second one. */
    private static void requireOneEach(CniRequest request, List<Lease> leases) throws CniException {
        final long versions = leases.stream().map(lease -> lease.address().version()).distinct().count();
        if (!request.isAtLeast("0.3.0") && versions < leases.size()) {
            throw new CniException(CniException.INVALID_CONFIG, "cniVersion " + request.version()
                    + " has no place for two addresses of the same IP version");
        }
    }

    private int mtu(CniRequest request, List<Lease> leases) throws CniException {
        final JsonNode mtu = request.config().path("mtu");
        if (mtu.isMissingNode() || mtu.isNull() || mtu.isInt() && mtu.intValue() == 0) {
            return 0;
        }
        final int least = leases.stream().anyMatch(lease -> lease.address().version() == 6) ? LEAST_MTU6 : LEAST_MTU;
        if (!mtu.isInt() || mtu.intValue() < least || mtu.intValue() > podMtu) {
            throw new CniException(CniException.INVALID_CONFIG, "mtu must be " + least + ".." + podMtu + ", not "
                    + mtu, "the underlay carries no larger packets");
        }
        return mtu.intValue();
    }

    private static String podName(CniRequest request) {
        return request.args().namespace() + "/" + request.args().name();
    }

    private JsonNode del(CniRequest request) throws CniException, IOException {
        netns.requireOther(request);
        final Attachment attachment = attachments.get(request.id());
        if (attachment != null) {
            attachments.disconnect(attachment);
            LOG.log(INFO, () -> "pod " + attachment.name() + " taken off, container " + attachment.containerId());
        }
        return null;
    }

    private JsonNode check(CniRequest request) throws CniException, IOException {
        CheckPrevious.require(request);
        final Attachment attachment = attachments.get(request.id());
        if (attachment == null) {
            throw new CniException(CniException.DRIFT, "container " + request.containerId() + " has no interface "
                    + request.ifname() + " of this node's switch");
        }
        final List<String> drift = new ArrayList<>(CheckPrevious.drift(request, attachment));
        drift.addAll(pods.drift(attachment.id()));
        drift.addAll(hostPorts.drift(attachment.id()));
        if (!drift.isEmpty()) {
            throw new CniException(CniException.DRIFT, "pod " + attachment.name() + " is not as it was connected: "
                    + drift.getFirst(), String.join("; ", drift));
        }
        return null;
    }

    private JsonNode gc(CniRequest request) throws CniException {
        final ValidAttachments valid = ValidAttachments.of(request.config());
        final List<String> failures = new ArrayList<>();
        for (Attachment attachment : attachments.all()) {
            if (attachment.network().equals(request.network()) && !valid.contains(attachment)) {
                try {
                    locked(attachment.id(), () -> {
                        if (attachments.get(attachment.id()) == attachment) {
                            attachments.disconnect(attachment);
                            LOG.log(INFO, "pod " + attachment.name() + " taken off by GC, container "
                                    + attachment.containerId());
                        }
                        return null;
                    });
                } catch (IOException | CniException | RuntimeException e) {
                    failures.add(attachment.id() + ": " + e.getMessage());
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new CniException(CniException.IO, failures.size() + " stale attachments could not be removed",
                    String.join("; ", failures));
        }
        return null;
    }

    private static CniException explain(IOException e) {
        final String message = String.valueOf(e.getMessage());
        return switch (e) {
            case WrongPresence wrong -> new CniException(CniException.INVALID_ENVIRONMENT, message);
            case HostPortConflict conflict -> new CniException(CniException.INVALID_CONFIG, message);
            default -> new CniException(CniException.IO, message);
        };
    }
}
