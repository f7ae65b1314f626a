"""In the call: what goes on beside what, and what is refused."""
from azure.communication.callautomation import DtmfTone, FileSource, RecognizeInputType
from sound import tone
from steps import equal, number, refused, result

ECHO = number("+15550100")


def long_sound(w):
    return FileSource(w.app.serve_file(tone(700, 60)))


def recognition_interrupts(w):
    call = w.connected(ECHO)
    call.connection.play_media_to_all(long_sound(w), operation_context="long")
    call.callback.next("PlayStarted", "long")
    call.connection.start_recognizing_media(
        RecognizeInputType.DTMF, ECHO, operation_context="key", dtmf_max_tones_to_collect=1,
        initial_silence_timeout=1, interrupt_call_media_operation=True,
    )
    call.callback.next("PlayCanceled", "long")
    equal(result(call.callback.next("RecognizeFailed", "key"))[1], 8510)  # nobody presses a key
    call.hang_up()


def second_play_to_somebody(w):
    call, sound = w.connected(ECHO), long_sound(w)
    call.connection.play_media(sound, [ECHO], operation_context="first")
    with refused(412, "8583"):
        call.connection.play_media(sound, [ECHO])
    call.hang_up()
    call.callback.next("PlayCanceled", "first")


def missing_source(w):
    call = w.connected(ECHO)
    sources = [FileSource(w.app.serve_file(tone(700, 0.2))), FileSource("http://127.0.0.1:1/none.wav")]
    call.connection.play_media_to_all(sources, operation_context="second")
    equal(call.callback.next("PlayFailed", "second")["failedPlaySourceIndex"], 1)
    call.hang_up()


def held_already(w):
    call = w.connected(ECHO)
    call.connection.hold(ECHO)
    with refused(409, "8519"):
        call.connection.hold(ECHO)
    call.connection.unhold(ECHO)
    call.hang_up()


def not_listened_to(w):
    call = w.connected(ECHO)
    with refused(404, "8522"):
        call.connection.stop_continuous_dtmf_recognition(ECHO)
    call.hang_up()


def tones_cancelled(w):
    call = w.connected(ECHO)
    call.connection.send_dtmf_tones([DtmfTone.NINE] * 18, ECHO, operation_context="nines")  # three seconds long
    call.connection.cancel_all_media_operations()
    equal(result(call.callback.next("SendDtmfTonesFailed", "nines"))[1], 8508)
    call.hang_up()


def hold_fails(w):
    call = w.connected(ECHO)
    call.connection.hold(ECHO, play_source=FileSource("http://127.0.0.1:1/none.wav"), operation_context="hold")
    call.callback.next("HoldFailed", "hold")
    equal(call.connection.get_participant(ECHO).is_on_hold, False)
    call.hang_up()


SCENARIOS = [
    ("a recognition that interrupts takes the place of a play", recognition_interrupts),
    ("a second play to somebody is refused beside the first", second_play_to_somebody),
    ("a source that is missing is named by its place", missing_source),
    ("who is on hold already is a conflict", held_already),
    ("what is not listened to is not stopped", not_listened_to),
    ("tones that are being sent are cancelled", tones_cancelled),
    ("a hold with a file that cannot be had fails", hold_fails),
]
