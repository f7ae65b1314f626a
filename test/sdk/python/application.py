"""An application: the SDK's client, and an HTTP server that takes callbacks and Event Grid
notifications and serves the files that scenarios play."""
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.communication.callautomation import CallAutomationClient
from azure.core.messaging import CloudEvent
from news import News
from sockets import Reader, Stream
from websockets.sync.server import serve

PREFIX = "Microsoft.Communication."


class Application:
    def __init__(self, connection_string, port):
        # A refusal that is tried again is seen late, and hides that it was one.
        self.client = CallAutomationClient.from_connection_string(connection_string, retry_total=0)
        self._port = port
        self._news = News()
        self._files = {}
        self._callbacks = {}
        self._ends = {}
        self._incoming = []
        self._recorded = []
        self._validated = False
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._sockets = serve(self._listen, "127.0.0.1", 0)
        for server in (self._server, self._sockets):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def reader(self):
        """The end of a socket for one transcription."""
        return self._end(Reader)

    def stream(self):
        """The end of a socket for one media stream."""
        return self._end(Stream)

    def validated(self):
        self._news.until(lambda: self._validated, "validation of the Event Grid subscription")

    def serve_file(self, content):
        """Offers bytes and returns their address."""
        path = f"/files/{uuid.uuid4()}.wav"
        self._files[path] = content
        return self._url(path)

    def callback(self):
        """An address of its own for one call, and what arrives there."""
        path = f"/callbacks/{uuid.uuid4()}"
        self._callbacks[path] = Callback(self._news, self._url(path) + "?secret=kept")
        return self._callbacks[path]

    def incoming(self, raw_id):
        """Waits for an IncomingCall to a raw id that no scenario took yet."""

        def take():
            for event in self._incoming:
                if event["to"]["rawId"] == raw_id:
                    self._incoming.remove(event)
                    return event
            return None

        return self._news.until(take, f"IncomingCall for {raw_id}")

    def recorded(self, recording_id):
        """Waits for the file of a recording, and returns its chunks."""
        ready = self._news.until(
            lambda: next((e for e in self._recorded if e["subject"].endswith(recording_id)), None), f"RecordingFileStatusUpdated for {recording_id}"
        )
        return ready["data"]["recordingStorageInfo"]["recordingChunks"]

    def _end(self, kind):
        path = f"/sockets/{uuid.uuid4()}"
        self._ends[path] = kind(f"ws://127.0.0.1:{self._sockets.socket.getsockname()[1]}{path}")
        return self._ends[path]

    def _listen(self, socket):
        self._ends[socket.request.path].listen(socket)

    def _url(self, path):
        return f"http://127.0.0.1:{self._port}{path}"

    def _handler(self):
        app = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                self.answer("audio/wav", app._files[self.path])

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with app._news:
                    answer = app._take(self.path, self.headers, body)
                    app._news.notify_all()
                self.answer("application/json", answer)

            def answer(self, kind, body):
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def _take(self, path, headers, body):
        """Takes events, and returns what is answered."""
        if headers.get("aeg-event-type") == "SubscriptionValidation":
            self._validated = True
            return json.dumps({"validationResponse": body[0]["data"]["validationCode"]}).encode()
        if path == "/events":
            self._incoming += [event["data"] for event in body if event["eventType"] == PREFIX + "IncomingCall"]
            self._recorded += [event for event in body if event["eventType"] == PREFIX + "RecordingFileStatusUpdated"]
        elif callback := self._callbacks.get(path.partition("?")[0]):
            callback.take(path, headers, body)
        return b""


class Callback:
    """What arrived at one callback address: as azure.core parses it, and raw."""

    def __init__(self, news, url):
        self.url = url
        self.events = []
        self.raw = []
        self._news = news

    def take(self, url, headers, body):
        self.raw.append((url, headers, body))
        self.events += [CloudEvent.from_dict(event) for event in body]

    def kinds(self):
        return [event.type.removeprefix(PREFIX) for event in self.events]

    def next(self, kind, context=None):
        """Waits for an event of a kind, by operation context where one is given, and returns its data."""

        def found():
            for event in self.events:
                if event.type == PREFIX + kind and context in (None, event.data.get("operationContext")):
                    return event.data
            return None

        return self._news.until(found, lambda: f"{kind} of {context}; told were: {self.kinds()}")

    def first(self, count, kind):
        """Waits for the first so many events of a kind, and returns their data."""

        def found():
            data = [event.data for event in self.events if event.type == PREFIX + kind]
            return data[:count] if len(data) >= count else None

        return self._news.until(found, lambda: f"{count} of {kind}; told were: {self.kinds()}")

    def state(self, recording_id, state, count=1):
        """Waits until it was told for the n-th time that a recording has a state."""

        def told():
            return sum(
                e.type == PREFIX + "RecordingStateChanged" and e.data["recordingId"] == recording_id and e.data["state"] == state for e in self.events
            )

        self._news.until(lambda: told() >= count, lambda: f"{count} times {state}; told were: {self.kinds()}")

    def roster(self, fits):
        """Waits for a roster that fits."""
        self._news.until(
            lambda: any(e.type == PREFIX + "ParticipantsUpdated" and fits(e.data["participants"]) for e in self.events),
            "a roster that fits",
        )
