import com.azure.communication.callautomation.CallAutomationEventParser;
import com.azure.communication.callautomation.models.CallParticipant;
import com.azure.communication.callautomation.models.RecordingState;
import com.azure.communication.callautomation.models.events.CallAutomationEventBase;
import com.azure.communication.callautomation.models.events.ParticipantsUpdated;
import com.azure.communication.callautomation.models.events.RecordingStateChanged;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What arrived at one callback address: as the SDK parses it, and raw. */
final class Callback {
    /** One request. Its body is an array of one event. */
    record Request(String uri, Headers headers, JsonNode body) {}

    final String url;
    private final News news = new News();
    private final List<CallAutomationEventBase> events = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final List<String> strange = new ArrayList<>();

    Callback(String url) {
        this.url = url;
    }

    void take(HttpExchange exchange, String text, JsonNode body) {
        var request = new Request(exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body);
        var parsed = new ArrayList<CallAutomationEventBase>();
        String complaint = null;
        try {
            // The parser leaves out what the SDK's version does not know, and throws on what it cannot read.
            parsed.addAll(CallAutomationEventParser.parseEvents(text));
            if (parsed.size() != 1 || parsed.get(0) == null) {
                complaint = "the SDK parses " + parsed.size() + " events from " + text;
            }
        } catch (RuntimeException e) {
            complaint = e + " for " + text;
        }
        var wrong = complaint;
        news.bring(() -> {
            requests.add(request);
            if (wrong == null) {
                events.addAll(parsed);
            } else {
                strange.add(wrong);
            }
        });
    }

    /** The names of the events so far. */
    List<String> kinds() {
        return news.read(() -> events.stream().map(e -> e.getClass().getSimpleName()).toList());
    }

    List<Request> requests() {
        return news.read(() -> List.copyOf(requests));
    }

    /** The data of the last event as it came: the SDK's types leave parts of it out. */
    JsonNode last() {
        return news.read(() -> requests.get(requests.size() - 1).body().at("/0/data"));
    }

    <E extends CallAutomationEventBase> E next(Class<E> kind) throws InterruptedException {
        return await(kind, event -> true, kind.getSimpleName());
    }

    <E extends CallAutomationEventBase> E next(Class<E> kind, String context) throws InterruptedException {
        return await(kind, event -> context.equals(event.getOperationContext()), kind.getSimpleName() + " of " + context);
    }

    /** Waits until it was told for the n-th time that a recording has a state. */
    void state(String recordingId, RecordingState state, int n) throws InterruptedException {
        await(RecordingStateChanged.class, event -> event.getRecordingId().equals(recordingId) && event.getRecordingState().equals(state), n, n + " times " + state);
    }

    /** Waits for a roster that fits. */
    void roster(Predicate<List<CallParticipant>> fits) throws InterruptedException {
        await(ParticipantsUpdated.class, event -> fits.test(event.getParticipants()), "a roster that fits");
    }

    private <E extends CallAutomationEventBase> E await(Class<E> kind, Predicate<E> fits, String what) throws InterruptedException {
        return await(kind, fits, 1, what);
    }

    /** Waits for the n-th event that fits. */
    private <E extends CallAutomationEventBase> E await(Class<E> kind, Predicate<E> fits, int n, String what) throws InterruptedException {
        return news.await(() -> {
            Check.that(strange.isEmpty(), String.join("; ", strange));
            return events.stream().filter(kind::isInstance).map(kind::cast).filter(fits).skip(n - 1).findFirst().orElse(null);
        }, () -> what + "; told were: " + kinds());
    }
}
