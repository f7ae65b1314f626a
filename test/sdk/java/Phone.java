import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** A real telephone, driven through the test that started it. */
final class Phone {
    /** Waits for the next event of a kind, and returns its parameter. */
    interface Next {
        String await() throws IOException, InterruptedException;
    }

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String control;
    private final String name;

    Phone(String control, String name) {
        this.control = control;
        this.name = name;
    }

    void dial(String to) throws IOException, InterruptedException {
        ask("dial", Map.of("to", to));
    }

    void hangUp() throws IOException, InterruptedException {
        ask("hangup", Map.of());
    }

    /** Registers the phone as a user. */
    void enter(String user, String password) throws IOException, InterruptedException {
        ask("enter", Map.of("user", user, "password", password));
    }

    void press(String tones) throws IOException, InterruptedException {
        ask("press", Map.of("tones", tones));
    }

    /** Counts what happened so far; what it returns waits for the next event of that type. */
    Next mark(String type) throws IOException, InterruptedException {
        int next = ask("count", Map.of("type", type)).get("count").asInt() + 1;
        return () -> ask("await", Map.of("type", type, "n", String.valueOf(next))).path("param").asText();
    }

    /** Waits until the phone has heard so much of a tone in all its calls. */
    void heard(int hz, int milliseconds) throws IOException, InterruptedException {
        ask("heard", Map.of("hz", String.valueOf(hz), "milliseconds", String.valueOf(milliseconds)));
    }

    /** For how many milliseconds a tone sounds in a WAV file. */
    static int toneIn(String control, byte[] wav, int hz) throws IOException, InterruptedException {
        var uri = URI.create(control + "/tone?hz=" + hz);
        var response = HTTP.send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(wav)).build(), BodyHandlers.ofString());
        Check.that(response.statusCode() == 200, "a tone in a file: " + response.body());
        return JSON.readTree(response.body()).get("milliseconds").asInt();
    }

    private JsonNode ask(String action, Map<String, String> parameters) throws IOException, InterruptedException {
        var query = parameters.entrySet().stream()
                .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        var uri = URI.create(control + "/phones/" + name + "/" + action + "?" + query);
        var response = HTTP.send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        Check.that(response.statusCode() == 200, "phone " + name + ": " + action + ": " + response.body());
        return JSON.readTree(response.body());
    }
}
