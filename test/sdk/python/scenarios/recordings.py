"""Recordings: from their start to the deletion of their file."""
import json

from azure.communication.callautomation import FileSource, RecordingContent, RecordingFormat, ServerCallLocator
from azure.communication.callautomation import RecordingChannel, RecordingState
from phones import tone_in
from sound import tone
from steps import equal, number, refused

WAV = {
    "recording_content_type": RecordingContent.AUDIO,
    "recording_channel_type": RecordingChannel.MIXED,
    "recording_format_type": RecordingFormat.WAV,
}


def located(w):
    """A call, and how a recording names it."""
    call = w.connected(number("+15550100"))
    return call, ServerCallLocator(call.connection.get_call_properties().server_call_id)


def say(w, call, hz):
    """Plays a second of a tone to its end."""
    call.connection.play_media(FileSource(w.app.serve_file(tone(hz, 1))), operation_context=f"{hz}")
    call.callback.next("PlayCompleted", f"{hz}")


def whole(stream):
    return b"".join(stream.iter_bytes())


def whole_life(w):
    call, locator = located(w)
    client, news = w.app.client, w.app.callback()
    recording = client.start_recording(call_locator=locator, recording_state_callback_url=news.url, **WAV).recording_id
    news.state(recording, "active")
    equal(client.get_recording_properties(recording).recording_state, RecordingState.ACTIVE)
    say(w, call, 600)
    client.pause_recording(recording)
    news.state(recording, "inactive", 2)  # the first one came before it recorded
    equal(client.get_recording_properties(recording).recording_state, RecordingState.INACTIVE)
    say(w, call, 800)
    client.resume_recording(recording)
    news.state(recording, "active", 2)
    equal(client.get_recording_properties(recording).recording_state, RecordingState.ACTIVE)
    say(w, call, 1000)
    client.stop_recording(recording)
    news.state(recording, "inactive", 3)
    with refused(404, "8522"):
        client.get_recording_properties(recording)
    (chunk,) = w.app.recorded(recording)
    file = whole(client.download_recording(chunk["contentLocation"]))
    for hz in (600, 1000):
        assert tone_in(w.options["phones"], file, hz) > 700, f"{hz} Hz is not in the file"
    assert tone_in(w.options["phones"], file, 800) < 300, "what was said in the pause is in the file"
    metadata = json.loads(whole(client.download_recording(chunk["metadataLocation"])))
    equal(metadata["chunkDocumentId"], chunk["documentId"])
    equal(metadata["contentLength"], len(file))
    equal(len(metadata["pauseResumeIntervals"]), 1)
    client.delete_recording(chunk["deleteLocation"])
    with refused(404):
        whole(client.download_recording(chunk["contentLocation"]))
    call.hang_up()


def by_connection(w):
    call, _ = located(w)
    client, news = w.app.client, w.app.callback()
    recording = client.start_recording(
        call_connection_id=call.properties.call_connection_id, recording_state_callback_url=news.url, **WAV
    ).recording_id
    news.state(recording, "active")
    say(w, call, 600)
    call.hang_up()
    news.state(recording, "inactive", 2)
    (chunk,) = w.app.recorded(recording)
    equal(chunk["endReason"], "SessionEnded")
    file = whole(client.download_recording(chunk["contentLocation"]))
    assert tone_in(w.options["phones"], file, 600) > 700, "what was said is not in the file"


def second(w):
    call, locator = located(w)
    w.app.client.start_recording(call_locator=locator, **WAV)
    with refused(400, "8553"):
        w.app.client.start_recording(call_locator=locator, **WAV)
    call.hang_up()


SCENARIOS = [
    ("a call is recorded but for its pause, and the file is fetched and deleted", whole_life),
    ("a call is recorded by its connection", by_connection),
    ("a second recording of a call is refused", second),
]
