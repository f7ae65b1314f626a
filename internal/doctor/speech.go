package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"strowger/internal/config"
	"strowger/internal/native"
	"strowger/internal/speech"
)

// spoken proves each engine of speech with a sentence.
func spoken(ctx context.Context, cfg config.Config) (found []Finding) {
	c := cfg.Speech.Synthesizer
	for _, engine := range speech.Engines(c.Engine, speech.HTTP{Client: &http.Client{}, URL: c.URL, Voice: c.Voice, Key: c.Key}) {
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
	a, err := engine.Say(ctx, speech.Line{Text: "This is your telephone exchange.", Voice: speech.Voice{Language: "en-US"}})
	if err != nil {
		return fail(subject, err, "see that speech.synthesizer.url is the whole address of an operation that takes what OpenAI's audio/speech does and answers with WAV, and that speech.synthesizer.key is right")
	}
	return ok(subject, "a sentence was spoken in %v of sound", a.Duration().Round(10_000_000))
}

func missingEngine(err error) string {
	if library := new(native.MissingError); errors.As(err, &library) {
		return "apt-get install " + library.Package + "; until then another engine speaks in its place, or text and SSML are refused"
	}
	return "apt-get install espeak-ng; until then only English is spoken, or text and SSML are refused"
}
