import com.azure.communication.callautomation.models.AnswerCallOptions;
import com.azure.communication.callautomation.models.CallInvite;
import com.azure.communication.callautomation.models.CallMediaRecognizeDtmfOptions;
import com.azure.communication.callautomation.models.CallRejectReason;
import com.azure.communication.callautomation.models.DtmfResult;
import com.azure.communication.callautomation.models.DtmfTone;
import com.azure.communication.callautomation.models.RejectCallOptions;
import com.azure.communication.callautomation.models.events.CallConnected;
import com.azure.communication.callautomation.models.events.RecognizeCompleted;
import com.azure.core.util.Context;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/** Incoming calls: a real phone on the trunk calls our number. */
final class Incoming {
    /** An IncomingCall, and what the caller's phone sees of it. */
    private record Ringing(JsonNode event, Phone.Next talking, Phone.Next closed) {
        String context() {
            return event.get("incomingCallContext").asText();
        }
    }

    private Incoming() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("an incoming call is published, answered and hung up", Incoming::answered),
                new Scenario("an incoming call is rejected with none", w -> rejected(w, CallRejectReason.NONE, "(603|4\\d\\d) .*")),
                new Scenario("an incoming call is rejected with busy", w -> rejected(w, CallRejectReason.BUSY, "486 .*")),
                new Scenario("an incoming call is rejected with forbidden", w -> rejected(w, CallRejectReason.FORBIDDEN, "403 .*")),
                new Scenario("an incoming call is redirected to a user", Incoming::redirectedToUser),
                new Scenario("an incoming call is redirected to a number", Incoming::redirectedToNumber),
                new Scenario("an unknown context is a clear 4xx", Incoming::unknownContext),
                new Scenario("a caller's tones are recognised after an answer", Incoming::tonesAfterAnswer));
    }

    /** Lets the carrier's phone call us. */
    private static Ringing ring(World w) throws Exception {
        var carrier = w.phone("carrier");
        var closed = carrier.mark("CALL_CLOSED");
        var talking = carrier.mark("CALL_ESTABLISHED");
        carrier.dial(w.options().get("ourUri").asText());
        return new Ringing(w.app().incoming("4:" + World.OURS), talking, closed);
    }

    private static Placed answer(World w, Ringing ringing, String context) throws Exception {
        var callback = w.app().callback();
        var options = new AnswerCallOptions(ringing.context(), callback.url).setOperationContext(context);
        var call = new Placed(callback, w.app().client.answerCallWithResponse(options, Context.NONE).getValue());
        Check.equal(callback.next(CallConnected.class).getOperationContext(), context);
        return call;
    }

    private static void answered(World w) throws Exception {
        var ringing = ring(w);
        var event = ringing.event();
        Check.equal(event.at("/from/rawId").asText(), "4:" + w.options().get("carrierNumber").asText());
        Check.that(event.hasNonNull("correlationId"), event.toString());
        var call = answer(w, ringing, "answered");
        Check.equal(call.result().getCallConnectionProperties().getServerCallId(), event.get("serverCallId").asText());
        ringing.talking().await();
        call.hangUp();
        ringing.closed().await();
        Check.refusedByTheClientsFault(() -> w.app().client.answerCall(ringing.context(), call.callback().url));
    }

    private static void rejected(World w, CallRejectReason reason, String status) throws Exception {
        var ringing = ring(w);
        w.app().client.rejectCallWithResponse(new RejectCallOptions(ringing.context()).setCallRejectReason(reason), Context.NONE);
        var seen = ringing.closed().await();
        Check.that(seen.matches(status), "the caller saw " + seen);
        Check.refusedByTheClientsFault(() -> w.app().client.rejectCall(ringing.context()));
    }

    private static void redirectedToUser(World w) throws Exception {
        var answered = w.phone("carol").mark("CALL_ESTABLISHED");
        var ringing = ring(w);
        w.app().client.redirectCall(ringing.context(), new CallInvite(w.user("carol")));
        answered.await();
        theyTalkUntilTheCallerHangsUp(w, ringing);
    }

    private static void redirectedToNumber(World w) throws Exception {
        var ringing = ring(w);
        w.app().client.redirectCall(ringing.context(), World.invite("+15550100"));
        theyTalkUntilTheCallerHangsUp(w, ringing);
    }

    private static void theyTalkUntilTheCallerHangsUp(World w, Ringing ringing) throws Exception {
        ringing.talking().await();
        w.phone("carrier").hangUp();
        ringing.closed().await();
    }

    private static void unknownContext(World w) throws Exception {
        for (var context : List.of("nonsense", "", "a.b.c")) {
            Check.refusedByTheClientsFault(() -> w.app().client.answerCall(context, w.app().callback().url));
            Check.refusedByTheClientsFault(() -> w.app().client.rejectCall(context));
        }
    }

    private static void tonesAfterAnswer(World w) throws Exception {
        var ringing = ring(w);
        var call = answer(w, ringing, "pins");
        var caller = World.number(w.options().get("carrierNumber").asText());
        call.media().startRecognizing(new CallMediaRecognizeDtmfOptions(caller, 3)
                .setInterToneTimeout(Duration.ofSeconds(30)).setInitialSilenceTimeout(Duration.ofSeconds(30)).setOperationContext("pin"));
        w.phone("carrier").press("709");
        var done = call.callback().next(RecognizeCompleted.class, "pin");
        var tones = ((DtmfResult) done.getRecognizeResult().orElseThrow()).getTones();
        Check.equal(tones, List.of(DtmfTone.SEVEN, DtmfTone.ZERO, DtmfTone.NINE));
        call.hangUp();
    }
}
