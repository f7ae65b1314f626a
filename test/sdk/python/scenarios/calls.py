"""Outgoing calls: to numbers and users, and how they fail."""
import json
import re
import urllib.request
import uuid

import jwt
from azure.communication.callautomation import CallAutomationClient, CallConnectionState, FileSource
from azure.core.credentials import AzureKeyCredential
from sound import tone
from steps import OURS, equal, number, refused, result


def number_is_called(w):
    call = w.call(number("+15550100"), operation_context="mine")
    equal(call.properties.call_connection_state, CallConnectionState.CONNECTING)
    connected = call.callback.next("CallConnected")
    equal(connected["operationContext"], "mine")
    equal(connected["resultInformation"]["code"], 200)
    roster = call.callback.next("ParticipantsUpdated")["participants"]
    assert any(p["identifier"]["rawId"] == "4:+15550100" for p in roster), roster
    properties = call.connection.get_call_properties()
    equal(properties.call_connection_state, CallConnectionState.CONNECTED)
    equal(properties.targets, [number("+15550100")])
    equal(properties.source_caller_id_number, number(OURS))
    equal(properties.server_call_id, connected["serverCallId"])
    equal(properties.correlation_id, connected["correlationId"])
    call.connection.hang_up(False)
    equal(call.callback.next("CallDisconnected")["serverCallId"], connected["serverCallId"])
    equal(call.callback.kinds()[-1], "CallDisconnected")
    with refused(404):
        call.connection.get_call_properties()


def callback_is_cloud_events(w):
    call = w.connected(number("+15550100"))
    url, headers, body = call.callback.raw[0]
    assert url.endswith("?secret=kept"), url
    assert re.match(r"application/(cloudevents-batch\+)?json", headers["content-type"]), headers["content-type"]
    equal(len(body), 1)
    equal(body[0]["specversion"], "1.0")
    assert re.search(r"\.\d{7}\+00:00$", body[0]["time"]), body[0]["time"]
    equal(body[0]["source"], f"calling/callConnections/{call.properties.call_connection_id}")
    call.hang_up()


def callback_is_signed(w):
    call = w.connected(number("+15550100"))
    with urllib.request.urlopen(w.options["endpoint"] + "/calling/.well-known/acsopenidconfiguration") as response:
        document = json.load(response)
    keys = jwt.PyJWKClient(document["jwks_uri"])
    for _, headers, _ in call.callback.raw:
        token = headers["authorization"].removeprefix("Bearer ")
        key = keys.get_signing_key_from_jwt(token)
        told = {"algorithms": ["RS256"], "issuer": document["issuer"], "audience": w.options["resourceId"]}
        claims = jwt.decode(token, key, **told)
        assert claims["exp"] - claims["iat"] <= 300, claims
        forged = token[:-8] + ("BBBBBBBB" if token.endswith("AAAAAAAA") else "AAAAAAAA")
        try:
            jwt.decode(forged, key, **told)
        except jwt.InvalidSignatureError:
            continue
        raise AssertionError("a forged signature verifies")
    call.hang_up()


def user_is_called(w):
    talking = w.phones["alice"].mark("CALL_ESTABLISHED")
    closed = w.phones["alice"].mark("CALL_CLOSED")
    call = w.connected(w.user("alice"))
    talking()
    call.hang_up()
    closed()


def several_are_called(w):
    call = w.call([number("+15550100"), number("+15550106"), w.user("alice")])
    call.callback.next("CallConnected")
    call.callback.roster(lambda participants: len(participants) == 3)
    equal(len(list(call.connection.list_participants())), 3)
    call.hang_up()


def terminated(w):
    call = w.connected(number("+15550100"))
    call.connection.hang_up(True)
    equal(result(call.callback.next("CallDisconnected")), (200, 7000))


def callee_hangs_up(w):
    call = w.connected(number("+15550105"))
    call.callback.next("CallDisconnected")
    equal(call.callback.kinds()[-1], "CallDisconnected")


def fails(target, code, sub_code):
    def scenario(w):
        call = w.call(number(target), operation_context=target)
        failed = call.callback.next("CreateCallFailed")
        equal(failed["operationContext"], target)
        equal(result(failed), (code, sub_code))
        equal(call.callback.kinds(), ["CreateCallFailed"])

    return scenario


def nobody_is_there(w):
    # A user without an endpoint is left to an application; here none answers.
    call = w.call(w.user("absent"))
    equal(result(call.callback.next("CreateCallFailed")), (408, 8541))


def bad_input(w):
    with refused(400, "callbackUri"):
        w.app.client.create_call(number("+15550100"), "nonsense", source_caller_id_number=number(OURS))
    with refused(400, "target"):
        w.app.client.create_call([], w.app.callback().url, source_caller_id_number=number(OURS))


def no_such_connection(w):
    connection = w.app.client.get_call_connection(str(uuid.uuid4()))
    with refused(404, "8522"):
        connection.get_call_properties()
    with refused(404, "8522"):
        connection.cancel_all_media_operations()


def wrong_key(w):
    client = CallAutomationClient(w.options["connectionString"].split(";")[0].removeprefix("endpoint="), AzureKeyCredential("d3Jvbmc="))
    with refused(401, "7509"):
        client.create_call(number("+15550100"), w.app.callback().url, source_caller_id_number=number(OURS))


def added_user_hears(w):
    call, alice = w.connected(number("+15550100")), w.user("alice")
    equal(call.connection.add_participant(alice, operation_context="alice").participant.identifier, alice)
    equal(call.callback.next("AddParticipantSucceeded", "alice")["participant"]["rawId"], alice.raw_id)
    call.connection.play_media_to_all(FileSource(w.app.serve_file(tone(2500, 1))), operation_context="hello")
    call.callback.next("PlayCompleted", "hello")
    w.phones["alice"].heard(2500, 800)
    call.hang_up()


def transferred_to_a_user(w):
    alice = w.phones["alice"]
    talking, closed = alice.mark("CALL_ESTABLISHED"), alice.mark("CALL_CLOSED")
    call = w.connected(number("+15550100"))
    call.connection.transfer_call_to_participant(w.user("alice"), operation_context="alice")
    call.callback.next("CallTransferAccepted", "alice")
    call.callback.next("CallDisconnected")
    talking()
    alice.hang_up()
    closed()


SCENARIOS = [
    ("a call to a number is connected, read and hung up", number_is_called),
    ("the callback keeps its query and is a JSON array of one CloudEvent", callback_is_cloud_events),
    ("a callback's signature verifies through the OpenID document", callback_is_signed),
    ("a call to a registered user rings a real phone", user_is_called),
    ("a call to several targets reaches them all", several_are_called),
    ("terminate ends the call for everyone", terminated),
    ("a callee who hangs up disconnects the call", callee_hangs_up),
    ("a busy number fails the call with its published code", fails("+15550101", 486, 560486)),
    ("a number that declines fails the call with its published code", fails("+15550103", 603, 560603)),
    ("a number that never answers fails the call with its published code", fails("+15550102", 408, 560408)),
    ("an unreachable trunk fails the call with its published code", fails("+16660001", 480, 560480)),
    ("a number that no trunk takes fails the call with its published code", fails("+9990001", 403, 511532)),
    ("a user who never answers and is not there fails the call with its published code", nobody_is_there),
    ("bad input is a clear 400 that names its field", bad_input),
    ("a connection that does not exist is a 404 with code 8522", no_such_connection),
    ("a wrong key is refused with 401", wrong_key),
    ("a user who is added hears what is played", added_user_hears),
    ("somebody is transferred to a user's phone", transferred_to_a_user),
]
