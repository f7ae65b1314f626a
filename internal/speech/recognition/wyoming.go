package recognition

import (
	"context"
	"errors"
	"strings"

	"strowger/internal/speech"
	"strowger/internal/speech/wyoming"
)

// Wyoming is an engine behind a server of the Wyoming protocol, such as
// wyoming-faster-whisper. It says no confidence and no words.
type Wyoming struct {
	URL       string // tcp://host:port
	Model     string // empty: the server's own
	Languages speech.Languages
}

// Name is the engine's.
func (w *Wyoming) Name() string { return WyomingEngine }

// Hears reports whether the server is asked for a language.
func (w *Wyoming) Hears(language string) bool { return w.Languages.Have(language) }

// Begin implements Engine.
func (w *Wyoming) Begin(ctx context.Context, t Task) (Utterance, error) {
	return NewBatch(ctx, t, func(ctx context.Context, said []int16) (Heard, error) {
		return w.transcribe(ctx, t, said)
	}), nil
}

func (w *Wyoming) transcribe(ctx context.Context, t Task, said []int16) (Heard, error) {
	server, err := wyoming.Dial(ctx, strings.TrimPrefix(w.URL, "tcp://"))
	if err != nil {
		return Heard{}, errors.New("the server cannot be reached")
	}
	defer server.Close()
	ask := wyoming.Data{Language: primary(t.Language), Model: t.Model, Terms: t.Phrases}
	if ask.Model == "" {
		ask.Model = w.Model
	}
	if err := server.Send(wyoming.Event{Type: wyoming.Transcribe, Data: ask}); err != nil {
		return Heard{}, err
	}
	if err := server.Send(wyoming.Sound(said, RateHz)...); err != nil {
		return Heard{}, err
	}
	for {
		e, err := server.Next()
		if err != nil {
			return Heard{}, err
		}
		if e.Type == wyoming.Transcript {
			return Heard{Text: plain(e.Data.Text)}, nil
		}
	}
}
