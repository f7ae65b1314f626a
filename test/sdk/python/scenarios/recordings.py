"""Recordings: from their start to the deletion of their file."""
import json
import struct
import time

from azure.communication.callautomation import FileSource, RecordingContent, RecordingFormat, ServerCallLocator
from azure.communication.callautomation import RecordingChannel, RecordingState
from sound import tone
from steps import equal, number, refused

WAV = {
    "recording_content_type": RecordingContent.AUDIO,
    "recording_channel_type": RecordingChannel.MIXED,
    "recording_format_type": RecordingFormat.WAV,
}


def spoken(w):
    """A call in which something is heard without an end, and its locator."""
    call = w.connected(number("+15550100"))
    call.connection.play_media(FileSource(w.app.serve_file(tone(880, 5))), loop=True, operation_context="sound")
    call.callback.next("PlayStarted", "sound")
    return call, ServerCallLocator(call.connection.get_call_properties().server_call_id)


def whole(stream):
    return b"".join(stream.iter_bytes())


def length_of(content):
    """How long a WAV file of 16 kHz and one channel is, in seconds; it has to be loud."""
    equal(content[:4], b"RIFF")
    sound = content[content.index(b"data") + 8 :]
    sound = sound[: len(sound) // 2 * 2]
    loudest = max(abs(sample) for (sample,) in struct.iter_unpack("<h", sound))
    assert loudest > 3000, f"the loudest sample of {len(content)} bytes is {loudest}"
    return len(sound) / 32000


def whole_life(w):
    call, locator = spoken(w)
    client, news = w.app.client, w.app.callback()
    recording = client.start_recording(call_locator=locator, recording_state_callback_url=news.url, **WAV).recording_id
    news.state(recording, "active")
    equal(client.get_recording_properties(recording).recording_state, RecordingState.ACTIVE)
    client.pause_recording(recording)
    news.state(recording, "inactive")
    equal(client.get_recording_properties(recording).recording_state, RecordingState.INACTIVE)
    client.resume_recording(recording)
    equal(client.get_recording_properties(recording).recording_state, RecordingState.ACTIVE)
    time.sleep(1.5)  # of sound
    client.stop_recording(recording)
    with refused(404, "8522"):
        client.get_recording_properties(recording)
    (chunk,) = w.app.recorded(recording)
    assert length_of(whole(client.download_recording(chunk["contentLocation"]))) > 1
    metadata = json.loads(whole(client.download_recording(chunk["metadataLocation"])))
    equal(metadata["chunkDocumentId"], chunk["documentId"])
    equal(len(metadata["pauseResumeIntervals"]), 1)
    client.delete_recording(chunk["deleteLocation"])
    with refused(404):
        whole(client.download_recording(chunk["contentLocation"]))
    call.hang_up()


def by_connection(w):
    call, _ = spoken(w)
    client, news = w.app.client, w.app.callback()
    recording = client.start_recording(
        call_connection_id=call.properties.call_connection_id, recording_state_callback_url=news.url, **WAV
    ).recording_id
    news.state(recording, "active")
    call.hang_up()
    news.state(recording, "inactive", 2)
    (chunk,) = w.app.recorded(recording)
    equal(chunk["endReason"], "SessionEnded")
    equal(whole(client.download_recording(chunk["contentLocation"]))[:4], b"RIFF")


def second(w):
    call, locator = spoken(w)
    w.app.client.start_recording(call_locator=locator, **WAV)
    with refused(400, "8553"):
        w.app.client.start_recording(call_locator=locator, **WAV)
    call.hang_up()


SCENARIOS = [
    ("a call is recorded but for its pause, and the file is fetched and deleted", whole_life),
    ("a call is recorded by its connection", by_connection),
    ("a second recording of a call is refused", second),
]
