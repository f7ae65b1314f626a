import com.azure.communication.callautomation.models.CallMediaRecognizeDtmfOptions;
import com.azure.communication.callautomation.models.FileSource;
import com.azure.communication.callautomation.models.PlayOptions;
import com.azure.communication.callautomation.models.PlayToAllOptions;
import com.azure.communication.callautomation.models.events.PlayCanceled;
import com.azure.communication.callautomation.models.events.RecognizeFailed;
import com.azure.communication.common.PhoneNumberIdentifier;
import com.azure.core.util.Context;
import java.time.Duration;
import java.util.List;

/** In the call: what goes on beside what, and what is refused. */
final class Rules {
    private static final PhoneNumberIdentifier ECHO = World.number("+15550100");

    private Rules() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("a recognition that interrupts takes the place of a play", Rules::recognitionInterrupts),
                new Scenario("a second play to somebody is refused beside the first", Rules::secondPlayToSomebody));
    }

    private static FileSource longSound(World w) {
        return new FileSource().setUrl(w.app().serveFile(Tone.of(700, 60)));
    }

    private static void recognitionInterrupts(World w) throws Exception {
        var call = w.connected(ECHO);
        call.media().playToAllWithResponse(new PlayToAllOptions(longSound(w)).setOperationContext("long"), Context.NONE);
        var key = new CallMediaRecognizeDtmfOptions(ECHO, 1).setInitialSilenceTimeout(Duration.ofSeconds(1));
        call.media().startRecognizing(key.setInterruptCallMediaOperation(true).setOperationContext("key"));
        call.callback().next(PlayCanceled.class, "long");
        Check.equal(call.callback().next(RecognizeFailed.class, "key").getResultInformation().getSubCode(), 8510); // nobody presses a key
        call.hangUp();
    }

    private static void secondPlayToSomebody(World w) throws Exception {
        var call = w.connected(ECHO);
        var sound = longSound(w);
        call.media().playWithResponse(new PlayOptions(sound, List.of(ECHO)).setOperationContext("first"), Context.NONE);
        Check.refused(412, said -> said.contains("8583"), () -> call.media().play(sound, List.of(ECHO)));
        call.hangUp();
        call.callback().next(PlayCanceled.class, "first");
    }
}
