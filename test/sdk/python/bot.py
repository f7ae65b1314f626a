"""A voice bot as Python applications are written: it greets, listens, and is silent once it is talked over.

What it sends and what it makes of what it gets has the shapes of the published samples in Python:
JSON by hand, capitals in what is sent, `silent` taken for true where it is absent. BOT_OPTIONS is
explained in test/sdk/README.md.
"""
import asyncio
import base64
import json
import os
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.communication.callautomation import (
    AudioFormat,
    CallAutomationClient,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    StreamingTransportType,
)
from ear import Ear
from sound import tone
from websockets.asyncio.server import serve

RATE = 24000
PIECE = 4800  # bytes of what it says, in a message: a tenth of a second

options = json.loads(os.environ["BOT_OPTIONS"])
client = CallAutomationClient.from_connection_string(options["connectionString"])


class Handler(BaseHTTPRequestHandler):
    """Takes Event Grid events and callbacks: of the former it answers calls, the latter it only acknowledges."""

    def do_POST(self):
        events = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = b""
        for event in events:
            if event.get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent":
                answer = json.dumps({"validationResponse": event["data"]["validationCode"]}).encode()
            elif event.get("eventType") == "Microsoft.Communication.IncomingCall":
                pick_up(event["data"]["incomingCallContext"])
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def pick_up(context):
    client.answer_call(
        context,
        f"http://127.0.0.1:{options['port']}/callbacks",
        media_streaming=MediaStreamingOptions(
            transport_url=f"wss://127.0.0.1:{options['streamPort']}/ws",
            transport_type=StreamingTransportType.WEBSOCKET,
            content_type=MediaStreamingContentType.AUDIO,
            audio_channel_type=MediaStreamingAudioChannelType.MIXED,
            start_media_streaming=True,
            enable_bidirectional=True,
            audio_format=AudioFormat.PCM24_K_MONO,
        ),
    )


async def say(socket, hz, seconds):
    """All of it at once, and nothing is waited for: as a model speaks."""
    pcm = tone(hz, seconds, rate=RATE)[44:]
    for at in range(0, len(pcm), PIECE):
        data = base64.b64encode(pcm[at : at + PIECE]).decode()
        await socket.send(json.dumps({"Kind": "AudioData", "AudioData": {"Data": data}, "StopAudio": None}))


async def talk(socket):
    ear = None
    async for message in socket:
        data = json.loads(message)
        kind = data.get("kind")
        if kind == "AudioMetadata":
            ear = Ear(data["audioMetadata"])
            await say(socket, options["greetingHz"], 20)
            ear.greeted()
        elif kind == "AudioData":
            audio = data.get("audioData", {})
            if ear.hears(base64.b64decode(audio.get("data", "")), audio.get("silent", True), audio["timestamp"]):
                await socket.send(json.dumps({"Kind": "StopAudio", "AudioData": None, "StopAudio": {}}))
                await say(socket, options["answerHz"], 1)
    ear.tell(options["hears"])


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(options["certificate"])
    async with serve(talk, "127.0.0.1", options["streamPort"], ssl=tls):
        threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", options["port"]), Handler).serve_forever, daemon=True).start()
        await asyncio.Future()


asyncio.run(main())
