import com.azure.communication.callautomation.CallAutomationClient;
import com.azure.communication.callautomation.CallAutomationClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * An application: the SDK's client, and an HTTP server that takes callbacks and Event Grid
 * notifications and serves the files that scenarios play.
 */
final class Application {
    private static final ObjectMapper JSON = new ObjectMapper();

    final CallAutomationClient client;
    private final int port;
    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Callback> callbacks = new ConcurrentHashMap<>();
    private final News news = new News();
    private final List<JsonNode> incoming = new ArrayList<>();
    private final List<JsonNode> recorded = new ArrayList<>();
    private boolean validated;

    Application(String connectionString, int port) throws IOException {
        // A refusal that is tried again is seen late, and hides that it was one.
        client = new CallAutomationClientBuilder()
                .connectionString(connectionString)
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)))
                .buildClient();
        this.port = port;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::serve);
        server.start();
    }

    void validated() throws InterruptedException {
        news.await(() -> validated ? true : null, () -> "validation of the Event Grid subscription");
    }

    /** Offers bytes and returns their address. */
    String serveFile(byte[] bytes) {
        var path = "/files/" + UUID.randomUUID() + ".wav";
        files.put(path, bytes);
        return url(path);
    }

    /** An address of its own for one call, and what arrives there. */
    Callback callback() {
        var path = "/callbacks/" + UUID.randomUUID();
        var callback = new Callback(url(path) + "?secret=kept");
        callbacks.put(path, callback);
        return callback;
    }

    /** Waits for an IncomingCall to a raw id that no scenario took yet. */
    JsonNode incoming(String rawId) throws InterruptedException {
        return news.await(() -> {
            var found = incoming.stream().filter(data -> data.at("/to/rawId").asText().equals(rawId)).findFirst();
            found.ifPresent(incoming::remove);
            return found.orElse(null);
        }, () -> "IncomingCall for " + rawId);
    }

    /** Waits for the file of a recording, and returns its chunks. */
    JsonNode recorded(String recordingId) throws InterruptedException {
        var ready = news.await(
                () -> recorded.stream().filter(event -> event.get("subject").asText().endsWith(recordingId)).findFirst().orElse(null),
                () -> "RecordingFileStatusUpdated for " + recordingId);
        return ready.at("/data/recordingStorageInfo/recordingChunks");
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var file = files.get(path);
            if (file != null) {
                answer(exchange, "audio/wav", file);
                return;
            }
            var body = exchange.getRequestBody().readAllBytes();
            answer(exchange, "application/json", take(exchange, path, new String(body, StandardCharsets.UTF_8)));
        }
    }

    /** Takes events, and returns what is answered. */
    private byte[] take(HttpExchange exchange, String path, String body) throws IOException {
        if ("SubscriptionValidation".equals(exchange.getRequestHeaders().getFirst("aeg-event-type"))) {
            news.bring(() -> validated = true);
            var code = JSON.readTree(body).at("/0/data/validationCode").asText();
            return JSON.writeValueAsBytes(Map.of("validationResponse", code));
        }
        if (path.equals("/events")) {
            var events = JSON.readTree(body);
            news.bring(() -> events.forEach(event -> {
                switch (event.path("eventType").asText()) {
                    case "Microsoft.Communication.IncomingCall" -> incoming.add(event.get("data"));
                    case "Microsoft.Communication.RecordingFileStatusUpdated" -> recorded.add(event);
                    default -> { }
                }
            }));
            return new byte[0];
        }
        var callback = callbacks.get(path);
        if (callback != null) {
            callback.take(exchange, body, JSON.readTree(body));
        }
        return new byte[0];
    }

    private static void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("content-type", type);
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
