"""In the call: who is in it."""
from azure.communication.callautomation import CallConnectionState
from steps import OURS, equal, number, refused, result


def add(call, e164, context, **options):
    return call.connection.add_participant(
        number(e164), source_caller_id_number=number(OURS), operation_context=context, **options
    )


def comes_and_goes(w):
    call = w.connected(number("+15550100"))
    connection, other = call.connection, number("+15550106")
    added = add(call, "+15550106", "add")
    equal(added.operation_context, "add")
    equal(added.participant.identifier, other)
    assert added.invitation_id
    equal(call.callback.next("AddParticipantSucceeded", "add")["participant"]["rawId"], "4:+15550106")
    equal(sorted(p.identifier.raw_id for p in connection.list_participants()), ["4:+15550100", "4:+15550106"])
    equal(connection.get_participant(other).is_muted, False)
    equal(connection.remove_participant(other, operation_context="remove").operation_context, "remove")
    equal(call.callback.next("RemoveParticipantSucceeded", "remove")["participant"]["rawId"], "4:+15550106")
    with refused(404):
        connection.get_participant(other)
    call.hang_up()


def busy(w):
    call = w.connected(number("+15550100"))
    add(call, "+15550101", "busy")
    failed = call.callback.next("AddParticipantFailed", "busy")
    equal(result(failed)[0], 486)
    equal(failed["participant"]["rawId"], "4:+15550101")
    equal(call.connection.get_call_properties().call_connection_state, CallConnectionState.CONNECTED)
    call.hang_up()


def times_out(w):
    call = w.connected(number("+15550100"))
    add(call, "+15550102", "patient", invitation_timeout=2)
    call.callback.next("AddParticipantFailed", "patient")
    call.hang_up()


def not_there(w):
    call = w.connected(number("+15550100"))
    with refused(404):
        call.connection.remove_participant(number("+15559999"))
    with refused(404):
        call.connection.get_participant(number("+15559999"))
    call.hang_up()


def number_is_not_muted(w):
    call = w.connected(number("+15550100"))
    with refused(400):
        call.connection.mute_participant(number("+15550100"))
    call.hang_up()


def taken_back(w):
    call = w.connected(number("+15550100"))
    invitation = add(call, "+15550102", "add").invitation_id
    cancelled = call.connection.cancel_add_participant_operation(invitation, operation_context="cancel")
    equal(cancelled.invitation_id, invitation)
    done = call.callback.next("CancelAddParticipantSucceeded", "cancel")
    equal(done["invitationId"], invitation)
    equal(result(done)[1], 5300)
    with refused(404):
        call.connection.cancel_add_participant_operation(invitation)
    call.hang_up()
    assert "AddParticipantFailed" not in call.callback.kinds()


def application_is_added(w):
    # Nobody's phone is away's: an application may answer.
    call, away = w.connected(number("+15550100")), w.user("away")
    call.connection.add_participant(away, operation_context="away", sip_headers={"X-MS-Custom-ticket": "4711"})
    incoming = w.app.incoming(away.raw_id)
    equal(incoming["customContext"]["sipHeaders"]["X-MS-Custom-ticket"], "4711")
    other = w.app.callback()
    answered = w.app.client.answer_call(incoming["incomingCallContext"], other.url)
    other.next("CallConnected")
    joined = call.callback.next("AddParticipantSucceeded", "away")
    equal(joined["participant"]["rawId"], away.raw_id)
    assert answered.call_connection_id != joined["callConnectionId"], "both have one connection"
    call.hang_up()
    other.next("CallDisconnected")


def moves(w):
    there, here = w.connected(number("+15550100")), w.connected(number("+15550100"))
    add(there, "+15550106", "add")
    there.callback.next("AddParticipantSucceeded", "add")
    earlier = there.connection.get_call_properties().call_connection_id
    moving = here.connection.move_participants([number("+15550106")], earlier, operation_context="move")
    equal(moving.from_call, earlier)
    equal(moving.operation_context, "move")
    equal([p.identifier for p in moving.participants], [number("+15550106")])
    moved = here.callback.next("MoveParticipantSucceeded", "move")
    equal(moved["participant"]["rawId"], "4:+15550106")
    equal(moved["fromCall"], earlier)
    equal(sorted(p.identifier.raw_id for p in here.connection.list_participants()), ["4:+15550100", "4:+15550106"])
    left = there.callback.first(3, "ParticipantsUpdated")[2]["participants"]
    equal([p["identifier"]["rawId"] for p in left], ["4:+15550100"])
    with refused(404):
        here.connection.move_participants([number("+15559999")], earlier)
    there.hang_up()
    here.hang_up()


SCENARIOS = [
    ("a participant is added, listed, read and removed", comes_and_goes),
    ("adding somebody busy fails and the call goes on", busy),
    ("an invitation times out", times_out),
    ("removing somebody who is not there is refused", not_there),
    ("a number cannot be muted", number_is_not_muted),
    ("an invitation is taken back while it rings", taken_back),
    ("an application is added as a user and reads its headers", application_is_added),
    ("a participant moves from one call to another", moves),
]
