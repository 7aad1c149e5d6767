import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An API server for the training run, with two Nodes and a few hundred Services, so that the start-up cache knows what
 * a start in a cluster needs. Lists and watches by WebSocket; every Service is changed once after a watch has begun.
 * Port 6443 on 127.0.0.1, until it is killed:
 * <pre>java TrainingApi.java</pre>
 */
public final class TrainingApi {
    private static final int SERVICES = 400;
    private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private TrainingApi() {
    }

    /** No arguments. */
    public static void main(final String[] args) throws IOException {
        try (ServerSocket listening = new ServerSocket(6443, 50, InetAddress.getLoopbackAddress())) {
            while (true) {
                final Socket socket = listening.accept();
                Thread.ofPlatform().start(() -> serve(socket));
            }
        }
    }

    private static void serve(final Socket socket) {
        try (socket) {
            final BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                    StandardCharsets.ISO_8859_1));
            for (String request = in.readLine(); request != null; request = in.readLine()) {
                answer(request, in, socket.getOutputStream());
            }
        } catch (IOException | NoSuchAlgorithmException | InterruptedException e) {
            // The switch has gone.
            return;
        }
    }

    private static void answer(final String request, final BufferedReader in, final OutputStream out)
            throws IOException, NoSuchAlgorithmException, InterruptedException {
        String key = null;
        int length = 0;
        for (String header = in.readLine(); !header.isEmpty(); header = in.readLine()) {
            final String value = header.substring(header.indexOf(':') + 1).strip();
            switch (header.substring(0, header.indexOf(':')).toLowerCase()) {
                case "sec-websocket-key" -> key = value;
                case "content-length" -> length = Integer.parseInt(value);
                default -> { }
            }
        }
        in.skip(length);
        if (key != null) {
            watch(request, key, out);
            return;
        }
        final byte[] body = (request.startsWith("GET") ? list(request) : "{}").getBytes(StandardCharsets.US_ASCII);
        out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    /** RFC 6455: the handshake's answer, then a text frame for each event; what the client sends is not read. */
    private static void watch(final String request, final String key, final OutputStream out)
            throws IOException, NoSuchAlgorithmException, InterruptedException {
        final byte[] proof = MessageDigest.getInstance("SHA-1").digest((key + WEBSOCKET_GUID)
                .getBytes(StandardCharsets.US_ASCII));
        out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(proof) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        for (int i = 0; request.contains("/endpointslices") && i < SERVICES; i++) {
            Thread.sleep(10);
            final byte[] event = ("{\"type\":\"MODIFIED\",\"object\":" + slice(i, 2_000 + i) + "}")
                    .getBytes(StandardCharsets.US_ASCII);
            out.write(ByteBuffer.allocate(4).put((byte) 0x81).put((byte) 126).putShort((short) event.length).array());
            out.write(event);
            out.flush();
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    private static String list(final String request) {
        final String items;
        if (request.contains("/nodes")) {
            items = node(1) + "," + node(2);
        } else if (request.contains("/services")) {
            items = IntStream.range(0, SERVICES).mapToObj(TrainingApi::service).collect(Collectors.joining(","));
        } else {
            items = IntStream.range(0, SERVICES).mapToObj(i -> slice(i, 1_000 + i)).collect(Collectors.joining(","));
        }
        return "{'kind':'List','apiVersion':'v1','metadata':{'resourceVersion':'1999'},'items':[".replace('\'', '"')
                + items + "]}";
    }

    /** The second one is a switch that has told of its tunnel end. */
    private static String node(final int n) {
        return """
                {"kind":"Node","apiVersion":"v1","metadata":{"name":"train%1$d","uid":"n%1$d","resourceVersion":"%1$d",
                "labels":{"kubernetes.io/hostname":"train%1$d","topology.kubernetes.io/zone":"a"},"annotations":{
                "ringway.dev/version":"0","flannel.alpha.coreos.com/kube-subnet-manager":"true","flannel.alpha.coreos.com/backend-type":"vxlan",
                "flannel.alpha.coreos.com/public-ip":"172.30.0.%1$d",
                "flannel.alpha.coreos.com/backend-data":"{\\"VNI\\":1,\\"VtepMAC\\":\\"02:00:00:00:00:0%1$d\\"}"}},
                "spec":{"podCIDR":"10.244.%1$d.0/24","podCIDRs":["10.244.%1$d.0/24","fd00:244:%1$d::/64"]},
                "status":{"addresses":[{"type":"Hostname","address":"train%1$d"},
                {"type":"InternalIP","address":"172.30.0.%1$d"}]}}""".formatted(n);
    }

    private static String service(final int i) {
        return """
                {"metadata":{"name":"s%1$d","namespace":"default","uid":"s%1$d","resourceVersion":"%2$d","labels":{}},
                "spec":{"type":"ClusterIP","clusterIP":"10.96.1.%3$d","clusterIPs":["10.96.1.%3$d"],
                "sessionAffinity":"None","internalTrafficPolicy":"Cluster","ports":[{"name":"iperf","port":%4$d,
                "protocol":"TCP","targetPort":5201},{"name":"udp","port":%4$d,"protocol":"UDP","targetPort":5201}]}}"""
                .formatted(i, 500 + i, i % 200, i < 200 ? 5201 : 5202);
    }

    private static String slice(final int i, final int version) {
        return """
                {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"name":"s%1$d-1","namespace":"default","uid":"e%1$d","resourceVersion":"%2$d",
                "labels":{"kubernetes.io/service-name":"s%1$d"}},"addressType":"IPv4",
                "ports":[{"name":"iperf","port":5201,"protocol":"TCP"},{"name":"udp","port":5201,"protocol":"UDP"}],
                "endpoints":[{"addresses":["10.244.2.10"],"nodeName":"train2","zone":"a",
                "conditions":{"ready":true,"serving":true,"terminating":false}}]}""".formatted(i, version);
    }
}
