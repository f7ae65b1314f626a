import com.azure.communication.callautomation.models.CallMediaRecognizeDtmfOptions;
import com.azure.communication.callautomation.models.DtmfResult;
import com.azure.communication.callautomation.models.DtmfTone;
import com.azure.communication.callautomation.models.FileSource;
import com.azure.communication.callautomation.models.PlayOptions;
import com.azure.communication.callautomation.models.PlaySource;
import com.azure.communication.callautomation.models.PlayToAllOptions;
import com.azure.communication.callautomation.models.events.PlayCanceled;
import com.azure.communication.callautomation.models.events.PlayCompleted;
import com.azure.communication.callautomation.models.events.PlayFailed;
import com.azure.communication.callautomation.models.events.RecognizeCanceled;
import com.azure.communication.callautomation.models.events.RecognizeCompleted;
import com.azure.communication.callautomation.models.events.RecognizeFailed;
import com.azure.communication.common.PhoneNumberIdentifier;
import com.azure.core.util.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** In the call: playing and recognising. */
final class Media {
    private static final PhoneNumberIdentifier DIGITS = World.number("+15550104"); // answers and presses 1 2 3 4 #
    private static final PhoneNumberIdentifier ECHO = World.number("+15550100");

    private Media() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("a file is played to all and heard", Media::playedToAll),
                new Scenario("a file is played to one participant", Media::playedToOne),
                new Scenario("several sources are played in order", Media::severalSources),
                new Scenario("a loop plays until it is cancelled", Media::loop),
                new Scenario("a file that cannot be had or played fails the play", Media::playFails),
                new Scenario("tones are recognised up to the most", Media::mostTones),
                new Scenario("a stop tone ends recognition and is not among the tones", Media::stopTone),
                new Scenario("a tone interrupts the prompt", Media::promptInterrupted),
                new Scenario("silence between tones ends recognition with what there is", Media::silenceBetween),
                new Scenario("silence from the start fails recognition", Media::silenceFirst),
                new Scenario("cancelling ends recognition with RecognizeCanceled", Media::recognitionCancelled),
                new Scenario("a hang-up ends what runs, before the last event", Media::hungUpWhilePlaying),
                new Scenario("two plays are heard one after the other", Media::oneAfterTheOther));
    }

    private static PlaySource file(String url) {
        return new FileSource().setUrl(url);
    }

    private static void play(Placed call, String context, PlaySource... sources) {
        call.media().playToAllWithResponse(new PlayToAllOptions(List.of(sources)).setOperationContext(context), Context.NONE);
    }

    private static CallMediaRecognizeDtmfOptions tones(PhoneNumberIdentifier whose, int most, String context) {
        return new CallMediaRecognizeDtmfOptions(whose, most)
                .setInitialSilenceTimeout(Duration.ofSeconds(20)).setInterToneTimeout(Duration.ofSeconds(10)).setOperationContext(context);
    }

    /** Expects that tones were recognised, and why no more were. */
    private static void recognised(Placed call, String context, int subCode, DtmfTone... tones) throws InterruptedException {
        var done = call.callback().next(RecognizeCompleted.class, context);
        Check.equal(((DtmfResult) done.getRecognizeResult().orElseThrow()).getTones(), List.of(tones));
        Check.equal(done.getResultInformation().getSubCode(), subCode);
    }

    private static void playedToAll(World w) throws Exception {
        var call = w.connected(w.user("bob"));
        play(call, "prompt", file(w.app().serveFile(Tone.of(700, 1))));
        Check.equal(call.callback().next(PlayCompleted.class, "prompt").getResultInformation().getCode(), 200);
        w.phone("bob").heard(700, 800);
        call.hangUp();
    }

    private static void playedToOne(World w) throws Exception {
        var call = w.connected(w.user("bob"));
        var source = file(w.app().serveFile(Tone.of(1300, 1, 44100, 24, 2)));
        call.media().playWithResponse(new PlayOptions(source, List.of(w.user("bob"))).setOperationContext("one"), Context.NONE);
        call.callback().next(PlayCompleted.class, "one");
        w.phone("bob").heard(1300, 800);
        call.hangUp();
    }

    private static void severalSources(World w) throws Exception {
        var call = w.connected(w.user("bob"));
        play(call, "both", Stream.of(1500, 1700).map(hz -> file(w.app().serveFile(Tone.of(hz, 0.6, 8000, 8, 1)))).toArray(PlaySource[]::new));
        call.callback().next(PlayCompleted.class, "both");
        w.phone("bob").heard(1500, 450);
        w.phone("bob").heard(1700, 450);
        call.hangUp();
    }

    private static void loop(World w) throws Exception {
        var call = w.connected(w.user("bob"));
        var source = file(w.app().serveFile(Tone.of(1900, 0.3)));
        call.media().playToAllWithResponse(new PlayToAllOptions(source).setLoop(true).setOperationContext("loop"), Context.NONE);
        w.phone("bob").heard(1900, 1200);
        call.media().cancelAllMediaOperations();
        call.callback().next(PlayCanceled.class, "loop");
        call.hangUp();
    }

    private static void playFails(World w) throws Exception {
        var call = w.connected(ECHO);
        play(call, "gone", file("http://127.0.0.1:1/none.wav"));
        Check.equal(call.callback().next(PlayFailed.class, "gone").getResultInformation().getSubCode(), 8536);
        play(call, "noise", file(w.app().serveFile("this is no sound".getBytes(StandardCharsets.UTF_8))));
        Check.equal(call.callback().next(PlayFailed.class, "noise").getResultInformation().getSubCode(), 8535);
        call.hangUp();
    }

    private static void mostTones(World w) throws Exception {
        var call = w.connected(DIGITS);
        call.media().startRecognizing(tones(DIGITS, 3, "max"));
        recognised(call, "max", 8531, DtmfTone.ONE, DtmfTone.TWO, DtmfTone.THREE);
        call.hangUp();
    }

    private static void stopTone(World w) throws Exception {
        var call = w.connected(DIGITS);
        call.media().startRecognizing(tones(DIGITS, 10, "stop").setStopTones(List.of(DtmfTone.POUND)));
        recognised(call, "stop", 8514, DtmfTone.ONE, DtmfTone.TWO, DtmfTone.THREE, DtmfTone.FOUR);
        call.hangUp();
    }

    private static void promptInterrupted(World w) throws Exception {
        var call = w.connected(DIGITS);
        call.media().startRecognizing(tones(DIGITS, 4, "interrupted")
                .setInterruptPrompt(true).setPlayPrompt(file(w.app().serveFile(Tone.of(700, 60)))));
        recognised(call, "interrupted", 8531, DtmfTone.ONE, DtmfTone.TWO, DtmfTone.THREE, DtmfTone.FOUR);
        call.hangUp();
    }

    private static void silenceBetween(World w) throws Exception {
        var call = w.connected(DIGITS);
        call.media().startRecognizing(tones(DIGITS, 20, "slow").setInterToneTimeout(Duration.ofSeconds(2)));
        recognised(call, "slow", 8532, DtmfTone.ONE, DtmfTone.TWO, DtmfTone.THREE, DtmfTone.FOUR, DtmfTone.POUND);
        call.hangUp();
    }

    private static void silenceFirst(World w) throws Exception {
        var call = w.connected(ECHO);
        call.media().startRecognizing(tones(ECHO, 1, "mute").setInitialSilenceTimeout(Duration.ofSeconds(1)));
        Check.equal(call.callback().next(RecognizeFailed.class, "mute").getResultInformation().getSubCode(), 8510);
        call.hangUp();
    }

    private static void recognitionCancelled(World w) throws Exception {
        var call = w.connected(ECHO);
        call.media().startRecognizing(tones(ECHO, 1, "away"));
        call.media().cancelAllMediaOperations();
        call.callback().next(RecognizeCanceled.class, "away");
        call.hangUp();
    }

    private static void hungUpWhilePlaying(World w) throws Exception {
        var call = w.connected(w.user("bob"));
        play(call, "long", file(w.app().serveFile(Tone.of(2300, 60))));
        w.phone("bob").heard(2300, 200);
        call.hangUp();
        var kinds = call.callback().kinds();
        Check.equal(kinds.get(kinds.size() - 1), "CallDisconnected");
        Check.equal(kinds.stream().filter(kind -> kind.startsWith("Play")).toList(), List.of("PlayCanceled"));
    }

    private static void oneAfterTheOther(World w) throws Exception {
        var call = w.connected(w.user("bob"));
        play(call, "2700 Hz", file(w.app().serveFile(Tone.of(2700, 0.6))));
        play(call, "3000 Hz", file(w.app().serveFile(Tone.of(3000, 0.6))));
        call.callback().next(PlayCompleted.class, "3000 Hz");
        Check.equal(call.callback().next(PlayCompleted.class).getOperationContext(), "2700 Hz");
        w.phone("bob").heard(2700, 450);
        w.phone("bob").heard(3000, 450);
        call.hangUp();
    }
}
