import com.azure.communication.callautomation.models.AddParticipantOptions;
import com.azure.communication.callautomation.models.CallConnectionState;
import com.azure.communication.callautomation.models.RemoveParticipantOptions;
import com.azure.communication.callautomation.models.events.AddParticipantFailed;
import com.azure.communication.callautomation.models.events.AddParticipantSucceeded;
import com.azure.communication.callautomation.models.events.RemoveParticipantSucceeded;
import com.azure.core.util.Context;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** In the call: who is in it. */
final class Participants {
    private Participants() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("a participant is added, listed, read and removed", Participants::comesAndGoes),
                new Scenario("adding somebody busy fails and the call goes on", Participants::busy),
                new Scenario("an invitation times out", Participants::timesOut),
                new Scenario("removing somebody who is not there is refused", Participants::notThere));
    }

    private static void comesAndGoes(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        var connection = call.connection();
        var other = World.number("+15550106");
        var added = connection.addParticipantWithResponse(
                new AddParticipantOptions(World.invite("+15550106")).setOperationContext("add"), Context.NONE).getValue();
        Check.equal(added.getOperationContext(), "add");
        Check.equal(added.getParticipant().getIdentifier(), other);
        Check.equal(call.callback().next(AddParticipantSucceeded.class, "add").getParticipant(), other);
        var listed = connection.listParticipants().stream().map(p -> p.getIdentifier()).collect(Collectors.toSet());
        Check.equal(listed, Set.of(World.number("+15550100"), other));
        Check.equal(connection.getParticipant(other).isMuted(), false);
        var removed = connection.removeParticipantWithResponse(
                new RemoveParticipantOptions(other).setOperationContext("remove"), Context.NONE).getValue();
        Check.equal(removed.getOperationContext(), "remove");
        Check.equal(call.callback().next(RemoveParticipantSucceeded.class, "remove").getParticipant(), other);
        Check.refused(404, () -> connection.getParticipant(other));
        call.hangUp();
    }

    private static void busy(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        call.connection().addParticipantWithResponse(
                new AddParticipantOptions(World.invite("+15550101")).setOperationContext("busy"), Context.NONE);
        var failed = call.callback().next(AddParticipantFailed.class, "busy");
        Check.equal(failed.getResultInformation().getCode(), 486);
        Check.equal(failed.getParticipant(), World.number("+15550101"));
        Check.equal(call.connection().getCallProperties().getCallConnectionState(), CallConnectionState.CONNECTED);
        call.hangUp();
    }

    private static void timesOut(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        call.connection().addParticipantWithResponse(new AddParticipantOptions(World.invite("+15550102"))
                .setOperationContext("patient").setInvitationTimeout(Duration.ofSeconds(2)), Context.NONE);
        call.callback().next(AddParticipantFailed.class, "patient");
        call.hangUp();
    }

    private static void notThere(World w) throws Exception {
        var call = w.connected(World.number("+15550100"));
        Check.refused(404, () -> call.connection().removeParticipant(World.number("+15559999")));
        Check.refused(404, () -> call.connection().getParticipant(World.number("+15559999")));
        call.hangUp();
    }
}
