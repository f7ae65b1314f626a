"""What is said, read on a WebSocket."""
from azure.communication.callautomation import TextSource, TranscriptionOptions
from steps import equal, number, refused

SPEAKER = number("+15550106")  # says a sentence
ECHO = number("+15550100")  # says what it hears


def transcribed(reader, **more):
    options = TranscriptionOptions(transport_url=reader.url, transport_type="websocket", locale="en-US", **more)
    return {"operation_context": "reading", "transcription": options}


def say(call, context):
    """Has the echo say something. What the server understands is always the same."""
    call.connection.play_media_to_all(TextSource(text="Good morning."), operation_context=context)
    call.callback.next("PlayCompleted", context)


def from_its_start(w):
    reader = w.app.reader()
    call = w.connected(SPEAKER, **transcribed(reader, start_transcription=True, enable_intermediate_results=True))
    started = call.callback.next("TranscriptionStarted", "reading")
    equal(started["transcriptionUpdate"], {"transcriptionStatus": "transcriptionStarted", "transcriptionStatusDetails": "subscriptionStarted"})
    subscription = call.connection.get_call_properties().transcription_subscription
    equal((subscription.state, subscription.locale, subscription.subscribed_result_types), ("active", "en-US", ["final", "intermediate"]))
    metadata = reader.next("TranscriptionMetadata")
    equal((metadata["locale"], metadata["subscriptionId"]), ("en-US", subscription.id))
    said = reader.final("Your call works.")
    equal(said["participantRawID"], SPEAKER.raw_id)
    equal(said["format"], "display")
    assert said["offset"] >= 0 and said["duration"] > 10_000_000 and said["words"] == [], said
    call.hang_up()
    call.callback.next("TranscriptionStopped", "reading")


def another_language(w):
    reader = w.app.reader()
    call = w.connected(ECHO, **transcribed(reader, start_transcription=False))
    call.connection.start_transcription(locale="en-US", operation_context="start")
    call.callback.next("TranscriptionStarted", "start")
    with refused(409, "8519"):
        call.connection.start_transcription()
    say(call, "first")
    reader.final("Your call works.")
    call.connection.update_transcription(locale="de-DE", operation_context="update")
    updated = call.callback.next("TranscriptionUpdated", "update")
    equal(updated["transcriptionUpdate"]["transcriptionStatusDetails"], "transcriptionLocaleUpdated")
    say(call, "second")
    said = reader.final("Der Anruf geht.")
    equal([word["text"] for word in said["words"]], ["Der", "Anruf", "geht."])
    equal(said["words"][1]["offset"], said["offset"] + 4_000_000)
    call.connection.stop_transcription(operation_context="stop")
    call.callback.next("TranscriptionStopped", "stop")
    call.hang_up()


def not_set_up(w):
    call = w.connected(ECHO)
    with refused(405, "8522"):
        call.connection.start_transcription(locale="en-US")
    call.hang_up()


SCENARIOS = [
    ("a call is transcribed from its start", from_its_start),
    ("a call is transcribed in one language and then another", another_language),
    ("a transcription that was not set up is refused", not_set_up),
]
