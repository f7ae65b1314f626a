"""Invites a third person into a call of two, from outside of it.

    python3 invite.py

This service is in no call. The softphone of somebody who is tells it the serverCallId
of the call and whom to invite; the service asks for that person over the original
Call Automation preview, which has an SDK no more, so the requests are signed here. The
invitation's result comes to an address of its own, an announcement tells everybody
in the call, and the guest can be sent away again while the others talk on.
"""
import base64
import hashlib
import hmac
import http.client
import json
import os
import ssl
import uuid
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

# The defaults are those of `strowger dev`, whose key is public.
CONNECTION_STRING = os.environ.get(
    "CONNECTION_STRING",
    "endpoint=http://127.0.0.1:8080/;accesskey=c3Ryb3dnZXItZGV2ZWxvcG1lbnQta2V5LW5vdC1zZWNyZXQ=",
)
CALLER_NUMBER = os.environ.get("CALLER_NUMBER", "+14255550100")  # which invited telephones see
ANNOUNCEMENT = Path(os.environ.get("ANNOUNCEMENT", Path(__file__).parent / "prompts" / "joined.wav"))
HOST = os.environ.get("HOST", "127.0.0.1")  # where the service and phones reach this program
PORT = int(os.environ.get("PORT", "9000"))

HERE = f"http://{HOST}:{PORT}"
VERSION = "2021-08-30-preview"


def say(text):
    print(text, flush=True)


class Refused(Exception):
    """The answer to a request was not a good one."""


class Service:
    """Sends requests, signed with the access key of a connection string."""

    def __init__(self, connection_string):
        parts = dict(part.split("=", 1) for part in connection_string.split(";") if part)
        self.endpoint = urlsplit(parts["endpoint"])
        self.key = base64.b64decode(parts["accesskey"])

    def send(self, method, path, body=None):
        content = b"" if body is None else json.dumps(body).encode()
        target = f"{path}?api-version={VERSION}"
        headers = {"Content-Type": "application/json", **self.signature(method, target, content)}
        if self.endpoint.scheme == "https":
            trusted = ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE"))
            connection = http.client.HTTPSConnection(self.endpoint.netloc, context=trusted)
        else:
            connection = http.client.HTTPConnection(self.endpoint.netloc)
        try:
            connection.request(method, target, content, headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= 300:
            raise Refused(f"{response.status} {answer.decode()}")
        return json.loads(answer) if answer else None

    def signature(self, method, target, content):
        date = formatdate(usegmt=True)
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        text = f"{method}\n{target}\n{date};{self.endpoint.netloc};{digest}"
        signed = base64.b64encode(hmac.digest(self.key, text.encode(), "sha256")).decode()
        return {
            "x-ms-date": date,
            "x-ms-content-sha256": digest,
            "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signed}",
        }


service = Service(CONNECTION_STRING)


class Invitation:
    """A guest's way into a call and out of it."""

    def __init__(self, server_call_id, guest):
        self.id = str(uuid.uuid4())
        self.call = f"/calling/serverCalls/{quote(server_call_id, safe='')}"
        self.guest = guest
        self.seen = set()  # ids of events: one may come twice
        self.participant_id = None

    def send(self):
        body = {"operationContext": self.id, "callbackUri": f"{HERE}/callbacks/{self.id}"}
        if self.guest.startswith("+"):
            body["participant"] = {"phoneNumber": {"value": self.guest}}
            body["alternateCallerId"] = {"value": CALLER_NUMBER}
        else:
            body["participant"] = {"communicationUser": {"id": self.guest}}
        self.participant_id = service.send("POST", f"{self.call}/participants", body)["participantId"]
        say(f"{self.guest} is invited")

    def on_event(self, kind, data):
        result = data.get("resultInfo") or {}
        if kind == "AddParticipantResult" and data["status"] == "completed":
            say(f"{self.guest} is in the call")
            self.announce()
        elif kind == "AddParticipantResult":
            say(f"{self.guest} did not come: {result.get('code')} {result.get('message')}")
        elif kind == "PlayAudioResult":
            say(f"the announcement is over: {result.get('message')}")

    def announce(self):
        service.send("POST", f"{self.call}/:playAudio", {
            "audioFileUri": f"{HERE}/joined.wav", "loop": False, "callbackUri": f"{HERE}/callbacks/{self.id}",
        })

    def withdraw(self):
        """Whoever has not answered yet rings no more."""
        service.send("DELETE", f"{self.call}/participants/{self.participant_id}")
        say(f"{self.guest} was sent away")


invitations = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        found = self.path == "/joined.wav"
        self.reply(200 if found else 404, ANNOUNCEMENT.read_bytes() if found else b"", "audio/wav")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/invitations":
            self.try_to(self.invite, body)
        else:
            self.try_to(self.told, body[0])

    def do_DELETE(self):
        self.try_to(self.withdraw)

    def invite(self, asked):
        invitation = Invitation(asked["serverCallId"], asked["guest"])
        invitations[invitation.id] = invitation  # its result may come before send returns
        try:
            invitation.send()
        except Refused:
            del invitations[invitation.id]
            raise
        self.reply(201, json.dumps({"id": invitation.id}).encode(), "application/json")

    def told(self, event):
        invitation = invitations.get(self.path.removeprefix("/callbacks/"))
        if invitation and event["id"] not in invitation.seen:
            invitation.seen.add(event["id"])
            invitation.on_event(event["type"].removeprefix("Microsoft.Communication."), event["data"])
        self.reply(200)

    def withdraw(self):
        invitation = invitations.pop(self.path.removeprefix("/invitations/"), None)
        if invitation:
            invitation.withdraw()
        self.reply(204 if invitation else 404)

    def try_to(self, act, *args):
        try:
            act(*args)
        except (Refused, OSError) as error:
            say(f"could not go on: {error}")
            self.reply(502)

    def reply(self, status, body=b"", content_type="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """What happens is said above, a line for each thing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer((HOST, PORT), Handler)
    say(f"taking invitations at {HERE}/invitations")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
