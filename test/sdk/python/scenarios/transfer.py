"""In the call: handing it on."""
from azure.communication.callautomation import CallConnectionState
from steps import OURS, equal, number, refused, result

ECHO = number("+15550100")


def accepted(w):
    call = w.connected(number("+15550105"))  # hangs up after 3 seconds
    asked = call.connection.transfer_call_to_participant(
        ECHO, transferee=number("+15550105"), source_caller_id_number=number(OURS), operation_context="transfer",
        sip_headers={"X-MS-Custom-reason": "sales"},
    )
    equal(asked.operation_context, "transfer")
    done = call.callback.next("CallTransferAccepted", "transfer")
    equal(result(done)[0], 200)
    equal(done["transferTarget"]["rawId"], "4:+15550100")
    equal(done["transferee"]["rawId"], "4:+15550105")
    call.callback.next("CallDisconnected")
    equal(call.callback.kinds()[-1], "CallDisconnected")
    with refused(404):
        call.connection.get_call_properties()


def busy(w):
    call = w.connected(ECHO)
    call.connection.transfer_call_to_participant(number("+15550101"), operation_context="busy")
    equal(result(call.callback.next("CallTransferFailed", "busy"))[0], 486)
    equal(call.connection.get_call_properties().call_connection_state, CallConnectionState.CONNECTED)
    call.hang_up()


def two_at_once(w):
    call = w.connected(ECHO)
    call.connection.transfer_call_to_participant(number("+15550102"), operation_context="rings")
    equal(call.connection.get_call_properties().call_connection_state, CallConnectionState.TRANSFERRING)
    with refused(409, "8607"):
        call.connection.transfer_call_to_participant(number("+15550106"))
    call.hang_up()
    call.callback.next("CallTransferFailed", "rings")


def out_of_three(w):
    call = w.connected(ECHO)
    call.connection.add_participant(number("+15550106"), source_caller_id_number=number(OURS), operation_context="add")
    call.callback.next("AddParticipantSucceeded", "add")
    call.connection.transfer_call_to_participant(number("+15550105"), transferee=number("+15550106"), operation_context="out")
    done = call.callback.next("CallTransferAccepted", "out")
    equal(done["transferTarget"]["rawId"], "4:+15550105")
    equal(done["transferee"]["rawId"], "4:+15550106")
    equal([p.identifier.raw_id for p in call.connection.list_participants()], ["4:+15550100"])
    equal(call.connection.get_call_properties().call_connection_state, CallConnectionState.CONNECTED)
    call.hang_up()


SCENARIOS = [
    ("somebody is transferred to a number and talks to it", accepted),
    ("a transfer to somebody busy fails and the call goes on", busy),
    ("two transfers at once are a conflict", two_at_once),
    ("somebody is transferred out of a call in which another one stays", out_of_three),
]
