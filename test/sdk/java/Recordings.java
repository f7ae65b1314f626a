import com.azure.communication.callautomation.models.FileSource;
import com.azure.communication.callautomation.models.PlayToAllOptions;
import com.azure.communication.callautomation.models.RecordingChannel;
import com.azure.communication.callautomation.models.RecordingContent;
import com.azure.communication.callautomation.models.RecordingFormat;
import com.azure.communication.callautomation.models.RecordingState;
import com.azure.communication.callautomation.models.ServerCallLocator;
import com.azure.communication.callautomation.models.StartRecordingOptions;
import com.azure.communication.callautomation.models.events.PlayCompleted;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Recordings: from their start to the deletion of their file. */
final class Recordings {
    private Recordings() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("a call is recorded but for its pause, and the file is fetched and deleted", Recordings::wholeLife),
                new Scenario("a second recording of a call is refused", Recordings::second));
    }

    /** Plays a second of a tone to its end. */
    private static void say(World w, Placed call, int hz) throws Exception {
        var sound = new FileSource().setUrl(w.app().serveFile(Tone.of(hz, 1)));
        call.media().playToAllWithResponse(new PlayToAllOptions(sound).setOperationContext(hz + " Hz"), Context.NONE);
        call.callback().next(PlayCompleted.class, hz + " Hz");
    }

    private static StartRecordingOptions wav(Placed call) {
        var serverCall = call.connection().getCallProperties().getServerCallId();
        return new StartRecordingOptions(new ServerCallLocator(serverCall)).setRecordingContent(RecordingContent.AUDIO)
                .setRecordingChannel(RecordingChannel.MIXED).setRecordingFormat(RecordingFormat.WAV);
    }

    private static byte[] whole(World w, String location) {
        var bytes = new ByteArrayOutputStream();
        w.app().client.getCallRecording().downloadTo(location, bytes);
        return bytes.toByteArray();
    }

    private static void wholeLife(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        var recordings = w.app().client.getCallRecording();
        var news = w.app().callback();
        var id = recordings.start(wav(call).setRecordingStateCallbackUrl(news.url)).getRecordingId();
        news.state(id, RecordingState.ACTIVE, 1);
        Check.equal(recordings.getState(id).getRecordingState(), RecordingState.ACTIVE);
        say(w, call, 600);
        recordings.pause(id);
        news.state(id, RecordingState.INACTIVE, 2); // the first one came before it recorded
        Check.equal(recordings.getState(id).getRecordingState(), RecordingState.INACTIVE);
        say(w, call, 800);
        recordings.resume(id);
        news.state(id, RecordingState.ACTIVE, 2);
        Check.equal(recordings.getState(id).getRecordingState(), RecordingState.ACTIVE);
        say(w, call, 1000);
        recordings.stop(id);
        news.state(id, RecordingState.INACTIVE, 3);
        Check.refused(404, said -> said.contains("8522"), () -> recordings.getState(id));
        var chunk = w.app().recorded(id).get(0);
        var file = whole(w, chunk.get("contentLocation").asText());
        var listener = w.options().get("phones").asText();
        for (int hz : List.of(600, 1000)) {
            Check.that(Phone.toneIn(listener, file, hz) > 700, hz + " Hz is not in the file");
        }
        Check.that(Phone.toneIn(listener, file, 800) < 300, "what was said in the pause is in the file");
        var metadata = new ObjectMapper().readTree(whole(w, chunk.get("metadataLocation").asText()));
        Check.equal(metadata.get("chunkDocumentId"), chunk.get("documentId"));
        Check.equal(metadata.get("contentLength").asInt(), file.length);
        Check.equal(metadata.get("pauseResumeIntervals").size(), 1);
        recordings.delete(chunk.get("deleteLocation").asText());
        Check.refused(404, () -> whole(w, chunk.get("contentLocation").asText()));
        call.hangUp();
    }

    private static void second(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        w.app().client.getCallRecording().start(wav(call));
        Check.refused(400, said -> said.contains("8553"), () -> w.app().client.getCallRecording().start(wav(call)));
        call.hangUp();
    }
}
