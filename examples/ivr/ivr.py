"""A telephone menu, with the official Azure SDK.

    python ivr.py

It answers the calls that Event Grid tells it of, reads out a menu, and takes a
key: 1 says the opening hours, 2 transfers the caller to an agent. A wrong key,
and none at all, get a word and another try; after three of them the call ends.
Nothing here knows Strowger: the connection string decides whose calls these are.
"""
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from azure.communication.callautomation import (
    CallAutomationClient, DtmfTone, FileSource, PhoneNumberIdentifier, RecognitionChoice, RecognizeInputType,
)
from azure.core.exceptions import AzureError, ResourceNotFoundError

# The defaults are those of `strowger dev`, whose key is public.
CONNECTION_STRING = os.environ.get(
    "CONNECTION_STRING",
    "endpoint=https://127.0.0.1:8443/;accesskey=c3Ryb3dnZXItZGV2ZWxvcG1lbnQta2V5LW5vdC1zZWNyZXQ=",
)
AGENT_NUMBER = os.environ.get("AGENT_NUMBER", "+15550106")
HOST = os.environ.get("HOST", "127.0.0.1")  # where the service reaches this program
PORT = int(os.environ.get("PORT", "9000"))

HERE = f"http://{HOST}:{PORT}"
PROMPTS = {f"/prompts/{path.name}": path.read_bytes() for path in (Path(__file__).parent / "prompts").glob("*.wav")}
CHOICES = [
    RecognitionChoice(label="hours", phrases=["opening hours"], tone=DtmfTone.ONE),
    RecognitionChoice(label="agent", phrases=["agent"], tone=DtmfTone.TWO),
]
TRIES = 3  # so many wrong or missing keys in a row are enough
SILENCE, WRONG_KEY = 8510, 8534  # published subcodes of RecognizeFailed

client = CallAutomationClient.from_connection_string(CONNECTION_STRING)


def prompt(name):
    return FileSource(url=f"{HERE}/prompts/{name}.wav")


def say(text):
    print(text, flush=True)


class Call:
    """One caller's way through the menu. The events of a call come one at a time, in order."""

    def __init__(self, caller, called):
        self.caller, self.called = caller, called  # raw ids: "4:+15550100"
        self.failures = 0
        self.seen = set()  # ids of events: one may come twice
        self.connection = None

    def connected(self, connection_id):
        self.connection = client.get_call_connection(connection_id)

    def menu(self, *before):
        self.connection.start_recognizing_media(
            RecognizeInputType.CHOICES, number(self.caller), choices=CHOICES,
            play_prompt=[*map(prompt, before), prompt("menu")], interrupt_prompt=True, initial_silence_timeout=5,
        )

    def play(self, name):
        """The name comes back in the event that ends the play, and says what is next."""
        self.connection.play_media_to_all(prompt(name), operation_context=name)

    def on_event(self, kind, data):
        result = data.get("resultInformation") or {}
        if kind == "CallConnected":
            self.menu()
        elif kind == "RecognizeCompleted":
            self.failures = 0
            self.chosen(data["choiceResult"]["label"])
        elif kind == "RecognizeFailed":
            self.not_chosen(result)
        elif kind in ("PlayCompleted", "PlayFailed"):
            self.played(data.get("operationContext"))
        elif kind == "CallTransferAccepted":
            say(f"{self.caller} talks to {AGENT_NUMBER}")
        elif kind == "CallTransferFailed":
            say(f"{self.caller} was not transferred: {result.get('message')}")
            self.menu("busy")
        elif kind == "CallDisconnected":
            say(f"{self.caller} is gone")

    def chosen(self, label):
        say(f"{self.caller} chose {label}")
        self.play("hours" if label == "hours" else "connecting")

    def not_chosen(self, result):
        self.failures += 1
        say(f"{self.caller} chose nothing: {result.get('message')}")
        if result.get("subCode") not in (SILENCE, WRONG_KEY) or self.failures == TRIES:
            self.play("goodbye")
        else:
            self.menu("wrong" if result["subCode"] == WRONG_KEY else "silence")

    def played(self, name):
        if name == "hours":
            self.menu()
        elif name == "connecting":
            self.connection.transfer_call_to_participant(
                PhoneNumberIdentifier(AGENT_NUMBER), source_caller_id_number=number(self.called))
        else:
            self.connection.hang_up(is_for_everyone=True)


def number(raw_id):
    return PhoneNumberIdentifier(raw_id.removeprefix("4:"))


calls = {}  # by the path of their callbacks


def on_incoming(data):
    path = f"/calls/{data['correlationId']}"
    caller = data["from"]["rawId"]
    if path in calls:
        return  # the event came twice
    calls[path] = Call(caller, data["to"]["rawId"])
    say(f"{caller} calls {data['to']['rawId']}")
    # The first callback may come before this returns: its call is there already.
    try:
        client.answer_call(data["incomingCallContext"], HERE + path)
    except AzureError:
        del calls[path]
        raise


def on_callback(path, event):
    call, data = calls.get(path), event["data"]
    if call is None or event["id"] in call.seen:
        return
    call.seen.add(event["id"])
    kind = event["type"].removeprefix("Microsoft.Communication.")
    call.connected(data["callConnectionId"])
    if kind == "CallDisconnected":
        del calls[path]
    call.on_event(kind, data)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        sound = PROMPTS.get(self.path)
        self.reply(200 if sound else 404, sound or b"", "audio/wav")

    def do_POST(self):
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if events[0].get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent":
            # The handshake: whoever owns the address proves it with the code.
            answer = {"validationResponse": events[0]["data"]["validationCode"]}
            return self.reply(200, json.dumps(answer).encode(), "application/json")
        for event in events:
            self.act(event)
        # Only now: the next event of a call comes once this one is acknowledged.
        self.reply(200)

    def act(self, event):
        try:
            if event.get("eventType") == "Microsoft.Communication.IncomingCall":
                on_incoming(event["data"])
            elif "type" in event:
                on_callback(self.path, event)
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
