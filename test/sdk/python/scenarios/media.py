"""In the call: playing and recognising."""
from azure.communication.callautomation import DtmfTone, FileSource, RecognitionChoice, RecognizeInputType
from sound import tone
from steps import equal, number, result

DIGITS = number("+15550104")  # answers and presses 1 2 3 4 #
ECHO = number("+15550100")


def file(w, *args, **kwargs):
    return FileSource(w.app.serve_file(tone(*args, **kwargs)))


def recognize(call, whose, context, most, **options):
    options = {"initial_silence_timeout": 20, "dtmf_inter_tone_timeout": 10, **options}
    call.connection.start_recognizing_media(
        RecognizeInputType.DTMF, whose, operation_context=context, dtmf_max_tones_to_collect=most, **options
    )


def recognised(call, context, sub_code, tones):
    done = call.callback.next("RecognizeCompleted", context)
    equal(done["recognitionType"], "dtmf")
    equal(done["dtmfResult"]["tones"], tones)
    equal(done["resultInformation"]["subCode"], sub_code)


def played_to_all(w):
    call = w.connected(w.user("bob"))
    call.connection.play_media_to_all(file(w, 700, 1), operation_context="prompt")
    call.callback.next("PlayStarted", "prompt")
    equal(result(call.callback.next("PlayCompleted", "prompt"))[0], 200)
    w.phones["bob"].heard(700, 800)
    call.hang_up()


def played_to_one(w):
    call = w.connected(w.user("bob"))
    sound = file(w, 1300, 1, rate=44100, bits=24, channels=2)
    call.connection.play_media(sound, [w.user("bob")], operation_context="one")
    call.callback.next("PlayCompleted", "one")
    w.phones["bob"].heard(1300, 800)
    call.hang_up()


def several_sources(w):
    call = w.connected(w.user("bob"))
    sounds = [file(w, hz, 0.6, rate=8000, bits=8) for hz in (1500, 1700)]
    call.connection.play_media_to_all(sounds, operation_context="both")
    call.callback.next("PlayCompleted", "both")
    w.phones["bob"].heard(1500, 450)
    w.phones["bob"].heard(1700, 450)
    call.hang_up()


def loop(w):
    call = w.connected(w.user("bob"))
    call.connection.play_media_to_all(file(w, 1900, 0.3), loop=True, operation_context="loop")
    w.phones["bob"].heard(1900, 1200)
    call.connection.cancel_all_media_operations()
    equal(result(call.callback.next("PlayCanceled", "loop"))[1], 8508)
    call.hang_up()


def play_fails(w):
    call = w.connected(ECHO)
    call.connection.play_media_to_all(FileSource("http://127.0.0.1:1/none.wav"), operation_context="gone")
    equal(result(call.callback.next("PlayFailed", "gone"))[1], 8536)
    noise = FileSource(w.app.serve_file(b"this is no sound"))
    call.connection.play_media_to_all(noise, operation_context="noise")
    equal(result(call.callback.next("PlayFailed", "noise"))[1], 8535)
    call.hang_up()


def most_tones(w):
    call = w.connected(DIGITS)
    recognize(call, DIGITS, "max", 3)
    recognised(call, "max", 8531, ["one", "two", "three"])
    call.hang_up()


def stop_tone(w):
    call = w.connected(DIGITS)
    recognize(call, DIGITS, "stop", 10, dtmf_stop_tones=[DtmfTone.POUND])
    recognised(call, "stop", 8514, ["one", "two", "three", "four"])
    call.hang_up()


def prompt_interrupted(w):
    call = w.connected(DIGITS)
    recognize(call, DIGITS, "interrupted", 4, interrupt_prompt=True, play_prompt=file(w, 700, 60))
    call.callback.next("PlayStarted", "interrupted")
    recognised(call, "interrupted", 8531, ["one", "two", "three", "four"])
    call.hang_up()


def silence_between(w):
    call = w.connected(DIGITS)
    recognize(call, DIGITS, "slow", 20, dtmf_inter_tone_timeout=2)
    recognised(call, "slow", 8532, ["one", "two", "three", "four", "pound"])
    call.hang_up()


def silence_first(w):
    call = w.connected(ECHO)
    recognize(call, ECHO, "mute", 1, initial_silence_timeout=1)
    equal(result(call.callback.next("RecognizeFailed", "mute"))[1], 8510)
    call.hang_up()


def recognition_cancelled(w):
    call = w.connected(ECHO)
    recognize(call, ECHO, "away", 1)
    call.connection.cancel_all_media_operations()
    equal(result(call.callback.next("RecognizeCanceled", "away"))[1], 8508)
    call.hang_up()


def hung_up_while_playing(w):
    call = w.connected(ECHO)
    call.connection.play_media_to_all(file(w, 700, 60), operation_context="long")
    call.callback.next("PlayStarted", "long")
    call.hang_up()
    kinds = call.callback.kinds()
    equal(kinds[-1], "CallDisconnected")
    equal([kind for kind in kinds if kind.startswith("Play")], ["PlayStarted", "PlayCanceled"])


def tones_are_sent(w):
    call = w.connected(w.user("bob"))
    tones = [DtmfTone.ONE, DtmfTone.TWO, DtmfTone.POUND]
    equal(call.connection.send_dtmf_tones(tones, w.user("bob"), operation_context="send").operation_context, "send")
    call.callback.next("SendDtmfTonesCompleted", "send")
    w.phones["bob"].tones("12#")
    call.hang_up()


def every_tone_is_told(w):
    call = w.connected(DIGITS)
    call.connection.start_continuous_dtmf_recognition(DIGITS, operation_context="listen")
    heard = call.callback.first(3, "ContinuousDtmfRecognitionToneReceived")
    equal([event["sequenceId"] for event in heard], [1, 2, 3])
    tones = " ".join(event["tone"] for event in heard)
    assert tones in "one two three four pound", tones  # it may have pressed the first before
    assert all(event["operationContext"] == "listen" for event in heard), heard
    call.connection.stop_continuous_dtmf_recognition(DIGITS, operation_context="stop")
    call.callback.next("ContinuousDtmfRecognitionStopped", "stop")
    call.hang_up()


def choice_with_a_key(w):
    call = w.connected(DIGITS)
    keys = [DtmfTone.ONE, DtmfTone.TWO, DtmfTone.THREE, DtmfTone.FOUR, DtmfTone.POUND]
    call.connection.start_recognizing_media(
        RecognizeInputType.CHOICES, DIGITS, initial_silence_timeout=20, operation_context="choose",
        choices=[RecognitionChoice(label=f"picked {key.value}", phrases=[key.value], tone=key) for key in keys],
    )
    done = call.callback.next("RecognizeCompleted", "choose")
    equal(done["recognitionType"], "choices")
    assert done["choiceResult"]["label"].startswith("picked "), done
    equal(done["resultInformation"]["subCode"], 8533)
    call.hang_up()


def on_hold(w):
    call, bob = w.connected(w.user("bob")), w.user("bob")
    call.connection.hold(bob, operation_context="hold")
    call.callback.roster(lambda participants: participants[0]["isOnHold"])
    call.connection.unhold(bob)
    call.callback.roster(lambda participants: not participants[0]["isOnHold"])
    equal(call.connection.get_participant(bob).is_on_hold, False)
    call.connection.hold(bob, play_source=file(w, 2100, 0.5))
    w.phones["bob"].heard(2100, 1200)  # again and again
    equal(call.connection.get_participant(bob).is_on_hold, True)
    call.connection.unhold(bob)
    call.hang_up()


def muted(w):
    call, bob = w.connected(w.user("bob")), w.user("bob")
    equal(call.connection.mute_participant(bob, operation_context="mute").operation_context, "mute")
    call.callback.roster(lambda participants: participants[0]["isMuted"])
    equal(call.connection.get_participant(bob).is_muted, True)
    call.hang_up()


def one_after_the_other(w):
    call = w.connected(w.user("bob"))
    for hz in (2700, 3000):
        call.connection.play_media_to_all(file(w, hz, 0.6), operation_context=f"{hz} Hz")
    done = call.callback.first(2, "PlayCompleted")
    equal([event["operationContext"] for event in done], ["2700 Hz", "3000 Hz"])
    w.phones["bob"].heard(2700, 450)
    w.phones["bob"].heard(3000, 450)
    call.hang_up()


def play_interrupts(w):
    call = w.connected(w.user("bob"))
    call.connection.play_media_to_all(file(w, 700, 60), operation_context="long")
    call.callback.next("PlayStarted", "long")
    call.connection.play_media_to_all(file(w, 2500, 1), operation_context="urgent", interrupt_call_media_operation=True)
    call.callback.next("PlayCanceled", "long")
    call.callback.next("PlayCompleted", "urgent")
    w.phones["bob"].heard(2500, 800)
    call.hang_up()


def own_callback(w):
    call, own = w.connected(w.user("bob")), w.app.callback()
    call.connection.play_media_to_all(file(w, 1100, 1), operation_context="own", operation_callback_url=own.url)
    own.next("PlayCompleted", "own")
    w.phones["bob"].heard(1100, 800)
    call.hang_up()
    equal([kind for kind in call.callback.kinds() if kind.startswith("Play")], [])
    equal(own.kinds(), ["PlayStarted", "PlayCompleted"])


def several_prompts(w):
    call, bob = w.connected(w.user("bob")), w.phones["bob"]
    prompts = [file(w, hz, 0.6) for hz in (500, 900)]
    recognize(call, w.user("bob"), "menu", 2, interrupt_prompt=True, play_prompt=prompts)
    bob.heard(500, 450)
    bob.heard(900, 450)
    bob.press("58")
    recognised(call, "menu", 8531, ["five", "eight"])
    call.hang_up()


SCENARIOS = [
    ("a file is played to all and heard", played_to_all),
    ("a file is played to one participant", played_to_one),
    ("several sources are played in order", several_sources),
    ("a loop plays until it is cancelled", loop),
    ("a file that cannot be had or played fails the play", play_fails),
    ("tones are recognised up to the most", most_tones),
    ("a stop tone ends recognition and is not among the tones", stop_tone),
    ("a tone interrupts the prompt", prompt_interrupted),
    ("silence between tones ends recognition with what there is", silence_between),
    ("silence from the start fails recognition", silence_first),
    ("cancelling ends recognition with RecognizeCanceled", recognition_cancelled),
    ("a hang-up ends what runs, before the last event", hung_up_while_playing),
    ("tones are sent and heard", tones_are_sent),
    ("every tone is told while they are listened to", every_tone_is_told),
    ("a choice is made with a key", choice_with_a_key),
    ("somebody on hold hears music and the roster says so", on_hold),
    ("a user is muted, and the roster says so", muted),
    ("two plays are heard one after the other", one_after_the_other),
    ("a play that interrupts takes the place of what plays", play_interrupts),
    ("an operation's own callback is told of it, and no other", own_callback),
    ("several prompts are heard before the tones", several_prompts),
]
