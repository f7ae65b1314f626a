"""Real telephones, driven through the test that started them."""
import json
import urllib.error
import urllib.parse
import urllib.request


def tone_in(control, wav, hz):
    """For how many milliseconds a tone sounds in a WAV file."""
    request = urllib.request.Request(f"{control}/tone?hz={hz}", wav, {"content-type": "audio/wav"})
    try:
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read())["milliseconds"]
    except urllib.error.HTTPError as refusal:
        raise AssertionError(f"a tone in a file: {refusal.read().decode()}") from None


class Phone:
    def __init__(self, control, name):
        self._control = control
        self._name = name

    def enter(self, user, password):
        """Makes the phone a user's; REGISTER_OK or REGISTER_FAIL follows."""
        self._ask("enter", user=user, password=password)

    def dial(self, to):
        self._ask("dial", to=to)

    def hang_up(self):
        self._ask("hangup")

    def press(self, tones):
        self._ask("press", tones=tones)

    def mark(self, kind):
        """Counts what happened so far. What it returns waits for the next event of that type, and
        returns its parameter."""
        following = self._ask("count", type=kind)["count"] + 1
        return lambda: self._ask("await", type=kind, n=following)["param"]

    def heard(self, hz, milliseconds):
        """Waits until the phone has heard so much of a tone in all its calls."""
        self._ask("heard", hz=hz, milliseconds=milliseconds)

    def tones(self, tones):
        """Waits until the phone has heard these tones in a row."""
        self._ask("tones", tones=tones)

    def _ask(self, action, **parameters):
        url = f"{self._control}/phones/{self._name}/{action}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="POST")) as response:
                text = response.read()
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f"phone {self._name}: {action}: {refusal.read().decode()}") from None
        return json.loads(text) if text else None
