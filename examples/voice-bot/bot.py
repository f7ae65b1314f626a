"""A voice bot, with the official Azure SDK and any OpenAI-compatible speech service.

    OPENAI_BASE_URL=http://127.0.0.1:8000/v1 python bot.py

It answers the calls that Event Grid tells it of, hears them over a media stream of its
own, and talks. When the caller has finished a sentence, what was said is transcribed,
an answer is thought of and spoken; a caller who talks over it makes it silent at once.
Nothing here knows Strowger: the connection string decides whose calls these are.
"""
import base64
import io
import json
import os
import re
import threading
import time
import urllib.request
import uuid
import wave
from array import array
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.communication.callautomation import (
    AudioFormat, CallAutomationClient, MediaStreamingAudioChannelType, MediaStreamingContentType,
    MediaStreamingOptions, StreamingTransportType,
)
from azure.core.exceptions import AzureError, ResourceNotFoundError
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

# The defaults are those of `strowger dev`, whose key is public.
CONNECTION_STRING = os.environ.get(
    "CONNECTION_STRING",
    "endpoint=https://127.0.0.1:8443/;accesskey=c3Ryb3dnZXItZGV2ZWxvcG1lbnQta2V5LW5vdC1zZWNyZXQ=",
)
HOST = os.environ.get("HOST", "127.0.0.1")  # where the service reaches this program
PORT = int(os.environ.get("PORT", "9000"))
STREAM_PORT = int(os.environ.get("STREAM_PORT", "9001"))
STREAM_URL = os.environ.get("STREAM_URL", f"ws://{HOST}:{STREAM_PORT}")
# Who listens, thinks and speaks. Without a CHAT_MODEL, rule() thinks.
OPENAI_BASE_URL = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1")
TRANSCRIPTION_URL = os.environ.get("TRANSCRIPTION_URL", OPENAI_BASE_URL).rstrip("/")
SPEECH_URL = os.environ.get("SPEECH_URL", OPENAI_BASE_URL).rstrip("/")
CHAT_URL = os.environ.get("CHAT_URL", OPENAI_BASE_URL).rstrip("/")
OPENAI_API_KEY = os.environ.get("OPENAI_API_KEY", "none")
TRANSCRIPTION_MODEL = os.environ.get("TRANSCRIPTION_MODEL", "whisper-1")
SPEECH_MODEL = os.environ.get("SPEECH_MODEL", "tts-1")
SPEECH_VOICE = os.environ.get("SPEECH_VOICE", "alloy")
CHAT_MODEL = os.environ.get("CHAT_MODEL", "")

HERE = f"http://{HOST}:{PORT}"
RATE = 16000  # samples a second, of 16 bits, in both directions
GREETING = "Hello, this is the voice bot. What can I do for you?"
INSTRUCTIONS = "You are a friendly assistant on the telephone. Answer in one or two short sentences, without lists or markup."

client = CallAutomationClient.from_connection_string(CONNECTION_STRING)
calls = {}  # the path of a call's stream and callbacks: who calls


def say(text):
    print(text, flush=True)


class Ear:
    """Finds out when somebody talks, by how much louder that is than the line before it."""

    BEGINS, ENDS = 4, 35  # frames of 20 ms: so many in a row with a voice, so many without

    def __init__(self):
        self.floor, self.run, self.talking = 200.0, 0, False
        self.turn, self.before = bytearray(), bytearray()

    def hear(self, pcm):
        """Takes a frame. Gives "began" when a turn begins, and the turn's sound when it has ended."""
        # Sample by sample differences leave out what hums, and keep what is spoken.
        samples = array("h", pcm)
        level = sum(abs(a - b) for a, b in zip(samples, samples[1:])) / len(samples)
        voice = level > 3 * self.floor + 30
        self.floor += (level - self.floor) / (2000 if voice else 20)  # also a noise that stays is no voice
        self.run = self.run + 1 if voice != self.talking else 0
        if self.talking:
            self.turn += pcm
        else:  # a third of a second before a turn belongs to it
            self.before = (self.before + pcm)[-RATE * 2 // 3:]
        if self.run < (self.ENDS if self.talking else self.BEGINS):
            return None
        self.talking, self.run = not self.talking, 0
        if self.talking:
            self.turn, self.before = self.before, bytearray()
            return "began"
        return bytes(self.turn)


class Conversation:
    """One caller's, over a media stream. Its thread hears; another one thinks and speaks meanwhile."""

    def __init__(self, socket, caller):
        self.socket, self.caller = socket, caller
        self.lock, self.turn = threading.Lock(), 0  # the turn counts the times that the caller began
        self.thinking = ThreadPoolExecutor(1)
        self.messages = [{"role": "system", "content": INSTRUCTIONS}]

    def run(self):
        ear = Ear()
        for message in self.socket:
            message = json.loads(message)
            if message["kind"] == "AudioMetadata":
                self.thinking.submit(self.speak, GREETING, self.turn)
            elif message["kind"] == "AudioData":
                # Silent frames come too, so that a turn ends: there is one each 20 ms.
                heard = ear.hear(base64.b64decode(message["audioData"]["data"]))
                if heard == "began":
                    self.hush()
                elif heard:
                    self.thinking.submit(self.answer, heard, self.turn)

    def hush(self):
        """Ends what is said, and what was going to be."""
        with self.lock:
            self.turn += 1
            self.send({"kind": "StopAudio", "stopAudio": {}})

    def answer(self, pcm, turn):
        try:
            began = time.monotonic()
            text = transcribe(pcm)
            if not text:
                return
            say(f"{self.caller}: {text}")
            self.messages.append({"role": "user", "content": text})
            reply = chat(self.messages) if CHAT_MODEL else rule(text)
            self.messages.append({"role": "assistant", "content": reply})
            say(f"bot: {reply} ({time.monotonic() - began:.1f} s)")
            self.speak(reply, turn)
        except (OSError, ValueError, KeyError) as error:
            say(f"no answer for {self.caller}: {error}")

    def speak(self, text, turn):
        """Says a text, a sentence after the other, so that the first is heard soon."""
        try:
            for sentence in re.findall(r"[^.!?]+[.!?]*\s*", text):
                pcm = synthesize(sentence.strip())
                for at in range(0, len(pcm), RATE):  # half a second in a message
                    with self.lock:
                        if turn != self.turn:
                            return  # the caller talks
                        self.send({"kind": "AudioData", "audioData": {"data": base64.b64encode(pcm[at:at + RATE]).decode()}})
        except (OSError, ValueError) as error:
            say(f"{text!r} is not said: {error}")

    def send(self, message):
        try:
            self.socket.send(json.dumps(message))
        except ConnectionClosed:
            pass  # the caller has hung up


def ask(url, body, content_type="application/json"):
    request = urllib.request.Request(url, body, {"Content-Type": content_type, "Authorization": f"Bearer {OPENAI_API_KEY}"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read()


def transcribe(pcm):
    wav = io.BytesIO()
    with wave.open(wav, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", None))
        file.writeframes(pcm)
    boundary = uuid.uuid4().hex
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{TRANSCRIPTION_MODEL}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="turn.wav"\r\nContent-Type: audio/wav\r\n\r\n').encode()
    body += wav.getvalue() + f"\r\n--{boundary}--\r\n".encode()
    return json.loads(ask(TRANSCRIPTION_URL + "/audio/transcriptions", body, f"multipart/form-data; boundary={boundary}"))["text"].strip()


def chat(messages):
    answer = ask(CHAT_URL + "/chat/completions", json.dumps({"model": CHAT_MODEL, "messages": messages}).encode())
    return json.loads(answer)["choices"][0]["message"]["content"]


def rule(text):
    """What there is to say without a model."""
    if re.search(r"\btime\b", text, re.I):
        return time.strftime("It is %H:%M.")
    if re.search(r"\b(bye|goodbye)\b", text, re.I):
        return "Goodbye, and thank you for calling."
    return f"You said: {text}"


def synthesize(text):
    """What is spoken, at RATE."""
    wav = ask(SPEECH_URL + "/audio/speech", json.dumps({
        "model": SPEECH_MODEL, "voice": SPEECH_VOICE, "input": text, "response_format": "wav"}).encode())
    with wave.open(io.BytesIO(wav)) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise ValueError("speech has to come in one channel of 16 bits")
        samples, step = array("h", file.readframes(file.getnframes())), file.getframerate() / RATE
    # Linear interpolation is good enough for a telephone.
    return array("h", (int(samples[int(at)] + (samples[int(at) + 1] - samples[int(at)]) * (at % 1))
                       for at in (n * step for n in range(int((len(samples) - 1) / step))))).tobytes()


def on_stream(socket):
    caller = calls.get(socket.request.path)
    if caller is None:
        return  # nobody knows this address but the service
    conversation = Conversation(socket, caller)
    try:
        conversation.run()
    except ConnectionClosed:
        pass
    finally:
        conversation.thinking.shutdown(wait=False)


def on_incoming(data):
    path, caller = f"/{uuid.uuid4()}", data["from"]["rawId"]
    calls[path] = caller
    say(f"{caller} calls {data['to']['rawId']}")
    client.answer_call(data["incomingCallContext"], HERE + path, media_streaming=MediaStreamingOptions(
        transport_url=STREAM_URL + path, transport_type=StreamingTransportType.WEBSOCKET,
        content_type=MediaStreamingContentType.AUDIO, audio_channel_type=MediaStreamingAudioChannelType.MIXED,
        start_media_streaming=True, enable_bidirectional=True, audio_format=AudioFormat.PCM16_K_MONO))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if events[0].get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent":
            # The handshake: whoever owns the address proves it with the code.
            answer = {"validationResponse": events[0]["data"]["validationCode"]}
            return self.reply(200, json.dumps(answer).encode(), "application/json")
        for event in events:
            self.act(event)
        self.reply(200)

    def act(self, event):
        kind = event.get("eventType", event.get("type")).removeprefix("Microsoft.Communication.")
        try:
            if kind == "IncomingCall":
                on_incoming(event["data"])
            elif kind == "MediaStreamingFailed":
                say("no stream: " + event["data"]["resultInformation"]["message"])
            elif kind == "CallDisconnected":
                say(f"{calls.pop(self.path, 'somebody')} is gone")
        except ResourceNotFoundError:
            pass  # the caller has hung up in this moment, or the event came twice
        except AzureError as error:
            say(f"could not answer: {error}")

    def reply(self, status, body=b"", content_type="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """What happens is said above, a line for each thing."""


if __name__ == "__main__":
    streams = serve(on_stream, HOST, STREAM_PORT, compression=None)
    threading.Thread(target=streams.serve_forever, daemon=True).start()
    events = ThreadingHTTPServer((HOST, PORT), Handler)
    say(f"waiting for calls at {HERE}/events")
    try:
        events.serve_forever()
    except KeyboardInterrupt:
        pass
