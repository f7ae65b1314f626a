"""What a bot hears."""
import json
from array import array
from datetime import datetime

STEADY = 5  # frames in a row with a voice: it is talked over
LOUD = 300  # what the samples of a voice differ from their neighbours, on average


def follows(seconds):
    """Whether a frame is the next one, or the first after five or more that the clock of a busy machine left out."""
    frames = round(50 * seconds)
    return abs(seconds - frames / 50) < 0.0015 and (frames == 1 or frames > 5)


class Ear:
    def __init__(self, metadata):
        self._length = 2 * metadata["sampleRate"] // 50
        self._news = {"rateHz": metadata["sampleRate"], "frames": 0, "silent": 0, "strange": [], "greetedAt": 0, "stoppedAt": 0}
        self._heard = bytearray()
        self._voiced = 0
        self._last = None
        if metadata["length"] != self._length or metadata["encoding"] != "PCM" or metadata["channels"] != 1:
            self._news["strange"].append(metadata)

    def greeted(self):
        self._news["greetedAt"] = self._news["frames"]

    def hears(self, pcm, silent, timestamp):
        """Takes a frame, and says once that somebody has begun to talk."""
        news = self._news
        news["frames"] += 1
        at = datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S.%fZ").timestamp()
        if len(pcm) != self._length or (self._last is not None and not follows(at - self._last)):
            news["strange"].append(f"frame {news['frames']} has {len(pcm)} bytes at {timestamp}")
        self._last = at
        if silent:
            news["silent"] += 1
            self._voiced = 0
            return False
        self._heard += pcm
        samples = array("h", pcm)
        # Differences, since a hum is no voice.
        loud = sum(abs(a - b) for a, b in zip(samples, samples[1:])) > LOUD * len(samples)
        self._voiced = self._voiced + 1 if loud else 0
        if self._voiced < STEADY or news["stoppedAt"]:
            return False
        news["stoppedAt"] = news["frames"]
        return True

    def tell(self, path):
        """Says what came, and leaves what was heard in a file: samples of 16 bits."""
        with open(path, "wb") as file:
            file.write(self._heard)
        print(json.dumps(self._news), flush=True)
