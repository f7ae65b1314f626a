package doctor

import (
	"context"
	"errors"
	"fmt"

	"strowger/internal/config"
	"strowger/internal/native"
	"strowger/internal/speech"
)

// spoken proves each engine of speech with a sentence.
func spoken(ctx context.Context, cfg config.Config) (found []Finding) {
	for _, engine := range speech.Engines(speech.Settings(cfg.Speech.Synthesizer)) {
		found = append(found, voice(ctx, engine))
	}
	return found
}

// opener is an engine of this machine, which may not be installed.
type opener interface{ Open() error }

func voice(ctx context.Context, engine speech.Engine) Finding {
	subject := "speech " + engine.Name()
	if local, ok := engine.(opener); ok {
		if err := local.Open(); err != nil {
			return warn(subject, fmt.Errorf("it cannot speak: %w", err), missingEngine(err))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, err := engine.Say(ctx, speech.Line{Text: proof, Voice: speech.Voice{Language: "en-US"}})
	if err != nil {
		return fail(subject, err, speakingAdvice[engine.Name()])
	}
	return ok(subject, "a sentence was spoken in %v of sound", a.Duration().Round(10_000_000))
}

// speakingAdvice is what to do when an engine fails that is not of this machine.
var speakingAdvice = map[string]string{
	speech.HTTPEngine:    "see that speech.synthesizer.url is the whole address of an operation that takes what OpenAI's audio/speech does and answers with WAV, and that speech.synthesizer.key is right",
	speech.WyomingEngine: "see that a server of the Wyoming protocol, such as wyoming-piper, listens at speech.synthesizer.url, and that it has the voice of speech.synthesizer.voice",
	speech.ProcessEngine: "run the program of speech.synthesizer.command by hand: it takes text on standard input, writes a WAV file on standard output, and ends with status 0",
}

func missingEngine(err error) string {
	if library := new(native.MissingError); errors.As(err, &library) {
		return "apt-get install " + library.Package + "; until then another engine speaks in its place, or text and SSML are refused"
	}
	return "apt-get install espeak-ng; until then only English is spoken, or text and SSML are refused"
}
