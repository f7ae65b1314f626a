package speech

import (
	"context"
	"errors"
	"strings"

	"strowger/internal/media/player"
	"strowger/internal/speech/wyoming"
)

// Wyoming is an engine behind a server of the Wyoming protocol, such as wyoming-piper.
// How fast and how high it speaks is its own affair.
type Wyoming struct {
	URL       string // tcp://host:port
	Voice     string // that is asked for when nothing says which; empty: the server's own
	Languages Languages
}

// Name is the engine's.
func (w *Wyoming) Name() string { return WyomingEngine }

// Speaks reports whether the server is asked for a language.
func (w *Wyoming) Speaks(v Voice) bool { return w.Languages.Have(v.Language) }

// Say has the server make a line.
func (w *Wyoming) Say(ctx context.Context, l Line) (*player.Audio, error) {
	ctx, cancel := context.WithTimeout(ctx, lineTime)
	defer cancel()
	a, err := w.say(ctx, l)
	switch {
	case err == nil:
		return a, nil
	case ctx.Err() != nil:
		return nil, late(ctx.Err())
	}
	return nil, &Failure{Broken, err.Error()}
}

func (w *Wyoming) say(ctx context.Context, l Line) (*player.Audio, error) {
	server, err := wyoming.Dial(ctx, strings.TrimPrefix(w.URL, "tcp://"))
	if err != nil {
		return nil, errors.New("the server cannot be reached")
	}
	defer server.Close()
	ask := wyoming.Event{Type: wyoming.Synthesize, Data: wyoming.Data{Text: l.Text}}
	if name := l.ownName(w.Voice); name != "" {
		ask.Data.Voice = &wyoming.Voice{Name: name}
	}
	if err := server.Send(ask); err != nil {
		return nil, err
	}
	return collect(server)
}

// collect takes the sound that a server sends.
func collect(server *wyoming.Peer) (*player.Audio, error) {
	a := &player.Audio{RateHz: RateHz}
	for {
		e, err := server.Next()
		if err != nil {
			return nil, err
		}
		switch e.Type {
		case wyoming.AudioStop:
			return a, nil
		case wyoming.AudioChunk:
			part, err := e.Samples()
			if err != nil {
				return nil, err
			}
			if len(a.Samples)+len(part) > lineBytes/2 {
				return nil, errors.New("it says too much at once")
			}
			a.RateHz, a.Samples = e.Data.RateHz, append(a.Samples, part...)
		}
	}
}
