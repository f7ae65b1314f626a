package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"strowger/internal/config"
	"strowger/internal/speech"
	"strowger/internal/speech/recognition"
	"strowger/internal/speech/recognition/pocketsphinx"
)

// proof is what engines say and hear.
const proof = "This is your telephone exchange."

// heard proves each engine of recognition with a sentence that is spoken to it.
func heard(ctx context.Context, cfg config.Config) (found []Finding) {
	here := pocketsphinx.New(slog.New(slog.DiscardHandler))
	defer here.Close()
	for _, engine := range recognition.Engines(recognition.Settings(cfg.Speech.Recognizer), here) {
		task := recognition.Task{Language: "en-US"}
		if engine == recognition.Engine(here) {
			// What it is for is choices.
			task.Phrases = []string{proof, "this is not your telephone", "yes", "no"}
		}
		found = append(found, hearing(ctx, cfg, engine, task))
	}
	return found
}

// hearing speaks a sentence with the configured synthesis and has an engine recognise
// it, as the task says.
func hearing(ctx context.Context, cfg config.Config, engine recognition.Engine, t recognition.Task) Finding {
	subject := "recognition " + engine.Name()
	if local, ok := engine.(opener); ok {
		if err := local.Open(); err != nil {
			return warn(subject, fmt.Errorf("it cannot listen: %w", err), "install it; until then speech is not recognised")
		}
	}
	if !engine.Hears(t.Language) {
		return ok(subject, "it is for %s alone, in which the doctor says nothing to it", strings.Join(cfg.Speech.Recognizer.Languages, ", "))
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	said, err := say(ctx, cfg)
	if err != nil {
		return warn(subject, fmt.Errorf("nothing could be said to it: %w", err), "see what is wrong with speech.synthesizer; this finding needs a voice")
	}
	h, err := recognise(ctx, engine, t, said)
	switch {
	case err != nil:
		return fail(subject, err, hearingAdvice[engine.Name()])
	case !alike(proof, h.Text):
		return warn(subject, fmt.Errorf("%q was said, and it heard %q", proof, h.Text), "give it a better model, or one of the language; "+hearingAdvice[engine.Name()])
	}
	return ok(subject, "%q was said, and it heard %q", proof, h.Text)
}

// hearingAdvice is what to do when an engine fails.
var hearingAdvice = map[string]string{
	recognition.PocketsphinxEngine: "install libpocketsphinx3, pocketsphinx-en-us and libflite1 again, or set speech.recognizer to a server such as whisper (docs/speech.md)",
	recognition.HTTPEngine:         "see that speech.recognizer.url is the whole address of an operation that takes what OpenAI's audio/transcriptions does, and that speech.recognizer.key and model are right",
	recognition.WyomingEngine:      "see that a server of the Wyoming protocol, such as wyoming-faster-whisper, listens at speech.recognizer.url",
	recognition.VoskEngine:         "see that a server such as Vosk's listens at speech.recognizer.url, and has a model of the language",
	recognition.ProcessEngine:      "run the program of speech.recognizer.command by hand: it takes a WAV file on standard input, writes what was said on standard output, and ends with status 0",
}

func say(ctx context.Context, cfg config.Config) ([]int16, error) {
	spoken, err := speech.NewSpeaker(speech.Engines(speech.Settings(cfg.Speech.Synthesizer))...).Open(ctx, speech.Utterance{Text: proof})
	if err != nil {
		return nil, err
	}
	var said []int16
	for part := make([]int16, recognition.RateHz); ; {
		n, err := spoken.Read(part)
		said = append(said, part[:n]...)
		if errors.Is(err, io.EOF) {
			return said, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func recognise(ctx context.Context, engine recognition.Engine, t recognition.Task, said []int16) (recognition.Heard, error) {
	u, err := engine.Begin(ctx, t)
	if err != nil {
		return recognition.Heard{}, err
	}
	defer u.Close()
	for frame := range slices.Chunk(said, recognition.RateHz/50) {
		if err := u.Write(frame); err != nil {
			return recognition.Heard{}, err
		}
	}
	return u.End()
}

// alike reports whether at least half of the words that were said are among those that
// were heard.
func alike(said, heard string) bool {
	all, there := words(heard), 0
	for _, w := range words(said) {
		if slices.Contains(all, w) {
			there++
		}
	}
	return 2*there >= len(words(said))
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
}
