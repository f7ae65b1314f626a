import com.azure.communication.callautomation.models.CallConnectionState;
import com.azure.communication.callautomation.models.TransferCallToParticipantOptions;
import com.azure.communication.callautomation.models.events.CallDisconnected;
import com.azure.communication.callautomation.models.events.CallTransferAccepted;
import com.azure.communication.callautomation.models.events.CallTransferFailed;
import com.azure.core.util.Context;
import java.util.List;

/** In the call: handing it on. */
final class Transfer {
    private Transfer() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("somebody is transferred to a number and talks to it", Transfer::accepted),
                new Scenario("a transfer to somebody busy fails and the call goes on", Transfer::busy),
                new Scenario("two transfers at once are a conflict", Transfer::twoAtOnce));
    }

    private static String transfer(Placed call, String number, String context) {
        var options = new TransferCallToParticipantOptions(World.number(number)).setOperationContext(context);
        return call.connection().transferCallToParticipantWithResponse(options, Context.NONE).getValue().getOperationContext();
    }

    private static void accepted(World w) throws Exception {
        var call = w.connected(World.number("+15550105")); // hangs up after 3 seconds
        Check.equal(transfer(call, "+15550100", "transfer"), "transfer");
        Check.equal(call.callback().next(CallTransferAccepted.class, "transfer").getResultInformation().getCode(), 200);
        call.callback().next(CallDisconnected.class);
        Check.refused(404, () -> call.connection().getCallProperties());
    }

    private static void busy(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        transfer(call, "+15550101", "busy");
        Check.equal(call.callback().next(CallTransferFailed.class, "busy").getResultInformation().getCode(), 486);
        Check.equal(call.connection().getCallProperties().getCallConnectionState(), CallConnectionState.CONNECTED);
        call.hangUp();
    }

    private static void twoAtOnce(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        transfer(call, "+15550102", "rings");
        Check.equal(call.connection().getCallProperties().getCallConnectionState(), CallConnectionState.TRANSFERRING);
        Check.refused(409, said -> said.contains("8607"), () -> transfer(call, "+15550106", "second"));
        call.hangUp();
        call.callback().next(CallTransferFailed.class, "rings");
    }
}
