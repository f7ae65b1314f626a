import com.azure.communication.callautomation.models.FileSource;
import com.azure.communication.callautomation.models.PlayToAllOptions;
import com.azure.communication.callautomation.models.RecordingChannel;
import com.azure.communication.callautomation.models.RecordingContent;
import com.azure.communication.callautomation.models.RecordingFormat;
import com.azure.communication.callautomation.models.RecordingState;
import com.azure.communication.callautomation.models.ServerCallLocator;
import com.azure.communication.callautomation.models.StartRecordingOptions;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Recordings: from their start to the deletion of their file. */
final class Recordings {
    private Recordings() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("a call is recorded but for its pause, and the file is fetched and deleted", Recordings::wholeLife),
                new Scenario("a second recording of a call is refused", Recordings::second));
    }

    /** A call in which something is heard without an end. */
    private static Placed spoken(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        var sound = new FileSource().setUrl(w.app().serveFile(Tone.of(880, 5)));
        call.media().playToAllWithResponse(new PlayToAllOptions(sound).setLoop(true), Context.NONE);
        return call;
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

    /** How long a WAV file of 16 kHz and one channel is, in seconds; it has to be loud. */
    private static double lengthOf(byte[] file) {
        var text = new String(file, StandardCharsets.ISO_8859_1);
        Check.that(text.startsWith("RIFF"), "it is no WAV file");
        int from = text.indexOf("data") + 8;
        var samples = ByteBuffer.wrap(file, from, file.length - from).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        int loudest = 0;
        while (samples.hasRemaining()) {
            loudest = Math.max(loudest, Math.abs(samples.get()));
        }
        Check.that(loudest > 3000, "the loudest sample of " + file.length + " bytes is " + loudest);
        return (file.length - from) / 32000.0;
    }

    private static void wholeLife(World w) throws Exception {
        var call = spoken(w);
        var recordings = w.app().client.getCallRecording();
        var news = w.app().callback();
        var id = recordings.start(wav(call).setRecordingStateCallbackUrl(news.url)).getRecordingId();
        news.state(id, RecordingState.ACTIVE);
        Check.equal(recordings.getState(id).getRecordingState(), RecordingState.ACTIVE);
        recordings.pause(id);
        news.state(id, RecordingState.INACTIVE);
        Check.equal(recordings.getState(id).getRecordingState(), RecordingState.INACTIVE);
        recordings.resume(id);
        Check.equal(recordings.getState(id).getRecordingState(), RecordingState.ACTIVE);
        Thread.sleep(1500); // of sound
        recordings.stop(id);
        Check.refused(404, said -> said.contains("8522"), () -> recordings.getState(id));
        var chunk = w.app().recorded(id).get(0);
        Check.that(lengthOf(whole(w, chunk.get("contentLocation").asText())) > 1, "it is shorter than what was recorded");
        var metadata = new ObjectMapper().readTree(whole(w, chunk.get("metadataLocation").asText()));
        Check.equal(metadata.get("chunkDocumentId"), chunk.get("documentId"));
        Check.equal(metadata.get("pauseResumeIntervals").size(), 1);
        recordings.delete(chunk.get("deleteLocation").asText());
        Check.refused(404, () -> whole(w, chunk.get("contentLocation").asText()));
        call.hangUp();
    }

    private static void second(World w) throws Exception {
        var call = spoken(w);
        w.app().client.getCallRecording().start(wav(call));
        Check.refused(400, said -> said.contains("8553"), () -> w.app().client.getCallRecording().start(wav(call)));
        call.hangUp();
    }
}
