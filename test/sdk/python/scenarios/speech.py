"""What is said by who is asked. The server understands the same whatever is said."""
from azure.communication.callautomation import DtmfTone, RecognitionChoice, RecognizeInputType, TextSource
from steps import equal, number

ECHO = number("+15550100")  # says what it hears
DIGITS = number("+15550104")  # presses keys

# The prompt comes back: who is asked talks over it.
PROMPT = TextSource(text="Good morning. " * 40)


def asked(w, who, kind, ends="RecognizeCompleted", **options):
    """What somebody answers."""
    call = w.connected(who)
    options = {"play_prompt": PROMPT, "interrupt_prompt": True, "initial_silence_timeout": 20, **options}
    call.connection.start_recognizing_media(kind, who, operation_context="ask", **options)
    done = call.callback.next(ends, "ask")
    call.hang_up()
    return done


def over_a_prompt(w):
    done = asked(w, ECHO, RecognizeInputType.SPEECH, end_silence_timeout=1, speech_language="en-US")
    equal((done["recognitionType"], done["speechResult"]["speech"]), ("speech", "Your call works."))
    equal(done["resultInformation"]["subCode"], 8569)


def speech_or_keys(w):
    said = asked(w, ECHO, RecognizeInputType.SPEECH_OR_DTMF, dtmf_max_tones_to_collect=2)
    equal(said["recognitionType"], "speech")
    pressed = asked(w, DIGITS, RecognizeInputType.SPEECH_OR_DTMF, dtmf_max_tones_to_collect=2, play_prompt=None)
    equal((pressed["recognitionType"], len(pressed["dtmfResult"]["tones"])), ("dtmf", 2))


def choice_by_voice(w):
    phrases = {"no": ["goodbye"], "yes": ["fine", "it works"], "call": ["the call", "your call works"]}
    done = asked(w, ECHO, RecognizeInputType.CHOICES, choices=[RecognitionChoice(label=label, phrases=said) for label, said in phrases.items()])
    equal(done["recognitionType"], "choices")
    equal((done["choiceResult"]["label"], done["choiceResult"]["recognizedPhrase"]), ("call", "your call works"))
    equal(done["resultInformation"]["subCode"], 8545)


def no_such_choice(w):
    done = asked(w, ECHO, RecognizeInputType.CHOICES, ends="RecognizeFailed", choices=[RecognitionChoice(label="no", phrases=["goodbye"], tone=DtmfTone.ONE)])
    equal((done["resultInformation"]["code"], done["resultInformation"]["subCode"]), (400, 8547))


SCENARIOS = [
    ("what is said over a prompt ends it and is recognised", over_a_prompt),
    ("speech or keys is what comes first", speech_or_keys),
    ("a choice is made by voice", choice_by_voice),
    ("what is none of the choices fails as published", no_such_choice),
]
