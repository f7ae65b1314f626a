"""Incoming calls: a real phone on the trunk calls our number."""
import re
from types import SimpleNamespace

from azure.communication.callautomation import CallRejectReason, FileSource, RecognizeInputType
from sound import tone
from steps import CLIENTS_FAULT, OURS, equal, number, once_established, refused


def ring(w):
    """Lets the carrier's phone call us, and returns the IncomingCall with what the caller's phone sees."""
    carrier = w.phones["carrier"]
    closed, talking = carrier.mark("CALL_CLOSED"), carrier.mark("CALL_ESTABLISHED")
    carrier.dial(w.options["ourUri"])
    event = w.app.incoming(f"4:{OURS}")
    return SimpleNamespace(event=event, context=event["incomingCallContext"], talking=talking, closed=closed)


def answer(w, ringing, context):
    callback = w.app.callback()
    call = w.made(callback, w.app.client.answer_call(ringing.context, callback.url, operation_context=context))
    equal(callback.next("CallConnected")["operationContext"], context)
    return call


def they_talk_until_the_caller_hangs_up(w, ringing):
    ringing.talking()
    w.phones["carrier"].hang_up()
    ringing.closed()


def answered(w):
    ringing = ring(w)
    equal(ringing.event["from"]["rawId"], f"4:{w.options['carrierNumber']}")
    assert ringing.event["correlationId"], ringing.event
    call = answer(w, ringing, "answered")
    equal(call.properties.server_call_id, ringing.event["serverCallId"])
    ringing.talking()
    call.hang_up()
    ringing.closed()
    with refused(CLIENTS_FAULT):
        w.app.client.answer_call(ringing.context, call.callback.url)


def rejected(reason, status):
    def scenario(w):
        ringing = ring(w)
        w.app.client.reject_call(ringing.context, call_reject_reason=reason)
        seen = ringing.closed()
        assert re.match(status, seen), seen
        with refused(CLIENTS_FAULT):
            w.app.client.reject_call(ringing.context)

    return scenario


def redirected_to_user(w):
    picked_up = w.phones["carol"].mark("CALL_ESTABLISHED")
    ringing = ring(w)
    w.app.client.redirect_call(ringing.context, w.user("carol"))
    picked_up()
    they_talk_until_the_caller_hangs_up(w, ringing)


def redirected_to_number(w):
    ringing = ring(w)
    w.app.client.redirect_call(ringing.context, number("+15550100"))
    they_talk_until_the_caller_hangs_up(w, ringing)


def answered_for(w):
    ringing = ring(w)
    call = answer(w, ringing, "for whom")
    equal(call.connection.get_call_properties().answered_for, number(OURS))
    call.hang_up()
    ringing.closed()


def seat_is_taken(w):
    client, ringing = w.app.client, ring(w)
    call_id = ringing.event["serverCallId"]
    with refused(400, "8501"):
        client.connect_call(w.app.callback().url, server_call_id=call_id)
    client.redirect_call(ringing.context, w.user("carol"))
    ringing.talking()
    callback = w.app.callback()
    properties = once_established(lambda: client.connect_call(callback.url, server_call_id=call_id, operation_context="seat"))
    call = w.made(callback, properties)
    equal(call.properties.server_call_id, call_id)
    equal(callback.next("CallConnected")["operationContext"], "seat")
    equal(len(callback.next("ParticipantsUpdated")["participants"]), 2)
    call.connection.play_media_to_all(FileSource(w.app.serve_file(tone(2900, 1))), operation_context="both")
    callback.next("PlayCompleted", "both")
    w.phones["carol"].heard(2900, 800)
    w.phones["carrier"].heard(2900, 800)
    call.connection.hang_up(False)
    callback.next("CallDisconnected")  # they talk on
    with refused(404):
        call.connection.get_call_properties()
    they_talk_until_the_caller_hangs_up(w, ringing)
    with refused(404):
        client.connect_call(w.app.callback().url, server_call_id=call_id)


def unknown_context(w):
    for context in ["nonsense", "", "a.b.c"]:
        with refused(CLIENTS_FAULT):
            w.app.client.answer_call(context, w.app.callback().url)
        with refused(CLIENTS_FAULT):
            w.app.client.reject_call(context)


def tones_after_answer(w):
    ringing = ring(w)
    call = answer(w, ringing, "pins")
    call.connection.start_recognizing_media(
        RecognizeInputType.DTMF, number(w.options["carrierNumber"]), operation_context="pin",
        dtmf_max_tones_to_collect=3, initial_silence_timeout=30, dtmf_inter_tone_timeout=30,
    )
    w.phones["carrier"].press("709")
    equal(call.callback.next("RecognizeCompleted", "pin")["dtmfResult"]["tones"], ["seven", "zero", "nine"])
    call.hang_up()


SCENARIOS = [
    ("an incoming call is published, answered and hung up", answered),
    ("an incoming call is rejected with none", rejected(CallRejectReason.NONE, r"(603|4\d\d) ")),
    ("an incoming call is rejected with busy", rejected(CallRejectReason.BUSY, "486 ")),
    ("an incoming call is rejected with forbidden", rejected(CallRejectReason.FORBIDDEN, "403 ")),
    ("an incoming call is redirected to a user", redirected_to_user),
    ("an answered call says which number was called", answered_for),
    ("a seat is taken in a call between two people", seat_is_taken),
    ("an incoming call is redirected to a number", redirected_to_number),
    ("an unknown context is a clear 4xx", unknown_context),
    ("a caller's tones are recognised after an answer", tones_after_answer),
]
