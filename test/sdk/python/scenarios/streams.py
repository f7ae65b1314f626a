"""Media streams, with the number of the lab that echoes and the one that presses keys."""
import base64

from azure.communication.callautomation import MediaStreamingAudioChannelType
from phones import tone_in
from steps import equal, number, refused

ECHO = number("+15550100")


def heard(w):
    stream = w.app.stream()
    call = w.call(ECHO, operation_context="stream", media_streaming=stream.options(True, enable_bidirectional=True))
    started = call.callback.next("MediaStreamingStarted", "stream")
    equal(started["mediaStreamingUpdate"]["mediaStreamingStatus"], "mediaStreamingStarted")
    frame = stream.next("AudioData")
    equal(len(base64.b64decode(frame["data"])), 640)
    assert frame["silent"] in (True, False), frame
    equal(stream.messages[0]["kind"], "AudioMetadata")
    equal(stream.messages[0]["audioMetadata"]["sampleRate"], 16000)
    stream.says(1330, 1)
    assert tone_in(w.options["phones"], stream.heard(seconds=0.9), 1330) > 700
    call.hang_up()
    stream.over()


def started_and_stopped(w):
    stream = w.app.stream()
    call = w.connected(ECHO, media_streaming=stream.options(False))
    equal(call.connection.get_call_properties().media_streaming_subscription.state, "inactive")
    call.connection.start_media_streaming(operation_context="start")
    call.callback.next("MediaStreamingStarted", "start")
    stream.first(10, "AudioData")
    with refused(409, "8519"):
        call.connection.start_media_streaming()
    call.connection.stop_media_streaming(operation_context="stop")
    stopped = call.callback.next("MediaStreamingStopped", "stop")
    equal(stopped["mediaStreamingUpdate"]["mediaStreamingStatus"], "mediaStreamingStopped")
    stream.over()
    call.hang_up()


def keys(w):
    stream = w.app.stream()
    options = stream.options(True, MediaStreamingAudioChannelType.UNMIXED, enable_dtmf_tones=True)
    call = w.call(number("+15550104"), media_streaming=options)
    pressed = "".join(key["data"] for key in stream.first(5, "DtmfData"))
    equal(pressed, "1234#")
    equal(stream.of("AudioData")[0]["participantRawID"], "4:+15550104")
    call.hang_up()


SCENARIOS = [
    ("an application is heard over a stream and hears the answer", heard),
    ("a stream is started and stopped in the call", started_and_stopped),
    ("keys are told among the sound of a stream", keys),
]
