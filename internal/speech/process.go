package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"strowger/internal/media/player"
	"strowger/internal/speech/program"
)

// Process is an engine that is a program, run for each line: the text goes in over
// standard input, and a WAV file comes out. How it shall sound is in the environment:
// STROWGER_LANGUAGE, STROWGER_VOICE, and, as factors, STROWGER_RATE and STROWGER_PITCH.
type Process struct {
	Command   []string // the program and its arguments; no shell reads them
	Voice     string   // that is asked for when nothing says which
	Languages Languages
}

// Name is the engine's.
func (p *Process) Name() string { return ProcessEngine }

// Speaks reports whether the program is asked for a language.
func (p *Process) Speaks(v Voice) bool { return p.Languages.Have(v.Language) }

// Say has the program make a line.
func (p *Process) Say(ctx context.Context, l Line) (*player.Audio, error) {
	ctx, cancel := context.WithTimeout(ctx, lineTime)
	defer cancel()
	sound, err := program.Run(ctx, program.Command{
		Line: p.Command,
		Env: []string{
			"STROWGER_LANGUAGE=" + l.Language, "STROWGER_VOICE=" + l.ownName(p.Voice),
			fmt.Sprintf("STROWGER_RATE=%.2f", l.rate()), fmt.Sprintf("STROWGER_PITCH=%.2f", l.pitch()),
		},
		Input: strings.NewReader(l.Text + "\n"), Most: lineBytes,
	})
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return nil, late(err)
	}
	if err != nil {
		return nil, &Failure{Broken, "the program failed: " + err.Error()}
	}
	a, err := wav(bytes.NewReader(sound))
	if err != nil {
		return nil, &Failure{Broken, "what the program wrote is no sound: " + err.Error()}
	}
	return a, nil
}
