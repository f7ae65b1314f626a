"""The application's ends of sockets, and what comes on them."""
import base64
import io
import json
import wave
from array import array

from azure.communication.callautomation import (
    AudioFormat,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    StreamingTransportType,
)
from news import News
from sound import tone

RATE = 16000


class End:
    def __init__(self, url):
        self.url = url
        self.messages = []
        self.closed = False
        self.socket = None
        self._news = News()  # its own: who waits for something else is not woken by each frame

    def listen(self, socket):
        """Takes what comes until the socket is closed."""
        self.socket = socket
        for text in socket:
            with self._news:
                self.take(json.loads(text))
                self._news.notify_all()
        with self._news:
            self.closed = True
            self._news.notify_all()

    def take(self, message):
        self.messages.append(message)

    def next(self, kind, fits=lambda data: True):
        """Waits for the first message of a kind that fits, and returns its data."""
        return self.first(1, kind, fits)[0]

    def first(self, count, kind, fits=lambda data: True):
        """Waits for the first so many messages of a kind that fit, and returns their data."""

        def found():
            data = [data for data in self.of(kind) if fits(data)]
            return data[:count] if len(data) >= count else None

        return self._news.until(found, lambda: f"{count} of {kind}; the last to come were: {self.messages[-10:]}")

    def of(self, kind):
        """The data of all messages of a kind that came."""
        member = kind[0].lower() + kind[1:]
        return [message[member] for message in self.messages if message["kind"] == kind]

    def over(self):
        """Waits until the socket is closed."""
        self._news.until(lambda: self.closed, "the end of a socket")


class Reader(End):
    """That of one transcription."""

    def final(self, text):
        """Waits for a text that does not change any more."""
        return self.next("TranscriptionData", lambda said: (said["resultStatus"], said["text"]) == ("Final", text))


class Stream(End):
    """That of one media stream."""

    def __init__(self, url):
        super().__init__(url)
        self._loud = 0  # frames

    def take(self, message):
        super().take(message)
        if message["kind"] == "AudioData" and max(array("h", base64.b64decode(message["audioData"]["data"]))) > 1000:
            self._loud += 1

    def options(self, start, channels=MediaStreamingAudioChannelType.MIXED, **more):
        """Those of a call that is streamed here."""
        return MediaStreamingOptions(
            transport_url=self.url,
            transport_type=StreamingTransportType.WEBSOCKET,
            content_type=MediaStreamingContentType.AUDIO,
            audio_channel_type=channels,
            start_media_streaming=start,
            audio_format=AudioFormat.PCM16_K_MONO,
            **more,
        )

    def says(self, hz, seconds):
        data = base64.b64encode(tone(hz, seconds, rate=RATE)[44:]).decode()
        self.socket.send(json.dumps({"kind": "AudioData", "audioData": {"data": data}}))

    def heard(self, seconds):
        """Waits until it was loud for so long, and returns all that came, as a WAV file."""
        self._news.until(lambda: self._loud >= 50 * seconds, lambda: f"{seconds} s of sound; {self._loud} of {len(self.messages)} messages had some")
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", None))
            file.writeframes(b"".join(base64.b64decode(audio["data"]) for audio in self.of("AudioData")))
        return out.getvalue()
