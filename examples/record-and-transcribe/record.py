"""Records calls, fetches the recordings and has them transcribed, with the official Azure SDK.

    python record.py

It answers the calls that Event Grid tells it of, says that they are recorded, and
records them, each person on a channel. When a recording's file is there, it is
fetched with its metadata, transcribed, and deleted where it was recorded.
Nothing here knows Strowger: the connection string decides whose calls these are.
"""
import io
import json
import os
import urllib.request
import uuid
import wave
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from azure.communication.callautomation import (
    CallAutomationClient, FileSource, RecordingChannel, RecordingContent, RecordingFormat,
)
from azure.core.exceptions import AzureError, ResourceNotFoundError

# The defaults are those of `strowger dev`, whose key is public.
CONNECTION_STRING = os.environ.get(
    "CONNECTION_STRING",
    "endpoint=https://127.0.0.1:8443/;accesskey=c3Ryb3dnZXItZGV2ZWxvcG1lbnQta2V5LW5vdC1zZWNyZXQ=",
)
HOST = os.environ.get("HOST", "127.0.0.1")  # where the service reaches this program
PORT = int(os.environ.get("PORT", "9000"))
FOLDER = Path(os.environ.get("FOLDER", "recordings"))
# An OpenAI-compatible service; without one, nothing is transcribed.
TRANSCRIPTION_URL = os.environ.get("TRANSCRIPTION_URL", "").rstrip("/")
TRANSCRIPTION_KEY = os.environ.get("TRANSCRIPTION_KEY", "")
TRANSCRIPTION_MODEL = os.environ.get("TRANSCRIPTION_MODEL", "whisper-1")

SERVICE = urlsplit(CONNECTION_STRING.partition("endpoint=")[2]).hostname
HERE = f"http://{HOST}:{PORT}"
PROMPT = (Path(__file__).parent / "prompts" / "recorded.wav").read_bytes()

client = CallAutomationClient.from_connection_string(CONNECTION_STRING)
calls = {}  # connection: server call id
seen = set()  # ids of events: one may come twice
finishing = ThreadPoolExecutor(4)  # a file may be long: events are acknowledged meanwhile


def say(text):
    print(text, flush=True)


def on_callback(kind, data):
    connection = data["callConnectionId"]
    if kind == "CallConnected":
        calls[connection] = data["serverCallId"]
        client.get_call_connection(connection).play_media_to_all(FileSource(url=f"{HERE}/prompt.wav"))
    elif kind == "PlayCompleted":
        recording = client.start_recording(
            server_call_id=calls[connection], recording_content_type=RecordingContent.AUDIO,
            recording_channel_type=RecordingChannel.UNMIXED, recording_format_type=RecordingFormat.WAV)
        say(f"recording {recording.recording_id}")
    elif kind == "PlayFailed":
        say("nobody was told of a recording, and so there is none: " + data["resultInformation"]["message"])
        client.get_call_connection(connection).hang_up(is_for_everyone=True)
    elif kind == "CallDisconnected":
        calls.pop(connection, None)


def on_published(kind, data):
    if kind == "IncomingCall":
        say(f"{data['from']['rawId']} calls {data['to']['rawId']}")
        client.answer_call(data["incomingCallContext"], HERE + "/callbacks")
    elif kind == "RecordingFileStatusUpdated":
        for chunk in data["recordingStorageInfo"]["recordingChunks"]:
            finishing.submit(finish, chunk)


def finish(chunk):
    """Keeps a chunk of a recording here, and nowhere else."""
    try:
        metadata = json.loads(fetch(chunk["metadataLocation"]))
        FOLDER.mkdir(exist_ok=True)
        sound = FOLDER / f"{chunk['documentId']}.{metadata['recordingInfo']['format']}"
        with sound.open("wb") as file:
            for piece in download(chunk["contentLocation"]).iter_bytes():
                file.write(piece)
        sound.with_suffix(".json").write_text(json.dumps(metadata, indent=2))
        say(f"{sound}: {metadata['chunkDuration'] / 1000:.1f} s")
        tell(metadata, sound)
        location, there = at_home(chunk["deleteLocation"])
        client.delete_recording(location, **there)
        say(f"{chunk['documentId']} is deleted where it was recorded")
    except (AzureError, OSError, ValueError) as error:
        say(f"{chunk['documentId']} is left where it was recorded: {error}")


def fetch(location):
    return b"".join(download(location).iter_bytes())


def download(location):
    location, there = at_home(location)
    return client.download_recording(location, **there)


def at_home(location):
    """A location as the SDK accepts it, and what sends the request to where it really is.

    The SDK (1.6.0) refuses any host but Azure's own, so as not to send its signature
    elsewhere. The service of the connection string may have it all the same.
    """
    if urlsplit(location).hostname != SERVICE:
        return location, {}

    def go(request):
        request.http_request.url = location
    return urlsplit(location)._replace(scheme="https", netloc="storage.asm.skype.com").geturl(), {"raw_request_hook": go}


def tell(metadata, sound):
    """Prints who was there, and what they said."""
    began = moment(metadata["chunkStartTime"])
    ended = began + timedelta(milliseconds=metadata["chunkDuration"])
    said = []
    for person in metadata["participants"]:
        left = moment(person["leftTime"]) if "leftTime" in person else ended
        say(f"  {person['participantId']} was there from {clock(moment(person['joinedTime']) - began)} to {clock(left - began)}")
        if TRANSCRIPTION_URL and "channel" in person:
            for start, text in transcribed(channel(sound, person["channel"])):
                said.append((start, person["participantId"], text))
    for start, who, text in sorted(said):
        say(f"  {clock(timedelta(seconds=start))} {who}: {text.strip()}")


def moment(text):
    """A time in RFC 3339, whose fraction of a second has any number of digits."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S") + timedelta(seconds=float(f"0.{fraction or 0}"))


def clock(time):
    seconds = max(0, round(time.total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"


def channel(sound, number):
    """One channel of a WAV file, as a WAV file."""
    out = io.BytesIO()
    with wave.open(str(sound)) as file, wave.open(out, "wb") as one:
        one.setparams(file.getparams()._replace(nchannels=1))
        frame, size = 2 * file.getnchannels(), 2 * number
        while block := file.readframes(16000):
            one.writeframes(b"".join(block[i + size:i + size + 2] for i in range(0, len(block), frame)))
    return out.getvalue()


def transcribed(wav):
    """Sends a file as POST /audio/transcriptions does, and gives pairs of a second and a text."""
    boundary = uuid.uuid4().hex
    parts = [f'name="{name}"\r\n\r\n{value}'.encode()
             for name, value in (("model", TRANSCRIPTION_MODEL), ("response_format", "verbose_json"))]
    parts.append(b'name="file"; filename="call.wav"\r\nContent-Type: audio/wav\r\n\r\n' + wav)
    body = b"".join(f"--{boundary}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n" for part in parts)
    request = urllib.request.Request(TRANSCRIPTION_URL + "/audio/transcriptions", body + f"--{boundary}--\r\n".encode(), {
        "Content-Type": f"multipart/form-data; boundary={boundary}", "Authorization": f"Bearer {TRANSCRIPTION_KEY}"})
    with urllib.request.urlopen(request, timeout=600) as response:
        answer = json.load(response)
    segments = answer.get("segments") or [{"start": 0, "text": answer["text"]}]
    return [(segment["start"], segment["text"]) for segment in segments]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(200, PROMPT, "audio/wav")

    def do_POST(self):
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if events[0].get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent":
            # The handshake: whoever owns the address proves it with the code.
            answer = {"validationResponse": events[0]["data"]["validationCode"]}
            return self.reply(200, json.dumps(answer).encode(), "application/json")
        for event in events:
            if event["id"] not in seen:
                seen.add(event["id"])
                self.act(event)
        self.reply(200)

    def act(self, event):
        kind = event.get("eventType", event.get("type")).removeprefix("Microsoft.Communication.")
        try:
            (on_published if "eventType" in event else on_callback)(kind, event["data"])
        except ResourceNotFoundError:
            pass  # the caller has hung up in this moment; CallDisconnected follows
        except AzureError as error:
            say(f"could not go on: {error}")

    def reply(self, status, body=b"", content_type="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """What happens is said above, a line for each thing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer((HOST, PORT), Handler)
    say(f"waiting for calls at {HERE}/events")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
