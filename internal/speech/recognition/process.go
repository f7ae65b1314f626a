package recognition

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"strowger/internal/media/player"
	"strowger/internal/speech"
	"strowger/internal/speech/program"
)

// Process is an engine that is a program, run for each utterance: a WAV file goes in
// over standard input, and text comes out; or an object of JSON with text, and perhaps
// words ([{"word", "start", "end"}], in seconds) and confidence (0 to 1). What is
// listened for is in the environment: STROWGER_LANGUAGE, STROWGER_MODEL, and
// STROWGER_PHRASES, a line each.
type Process struct {
	Command   []string // the program and its arguments; no shell reads them
	Languages speech.Languages
}

// Name is the engine's.
func (p *Process) Name() string { return ProcessEngine }

// Hears reports whether the program is asked for a language.
func (p *Process) Hears(language string) bool { return p.Languages.Have(language) }

// Begin implements Engine.
func (p *Process) Begin(ctx context.Context, t Task) (Utterance, error) {
	return NewBatch(ctx, t, func(ctx context.Context, said []int16) (Heard, error) {
		return p.transcribe(ctx, t, said)
	}), nil
}

func (p *Process) transcribe(ctx context.Context, t Task, said []int16) (Heard, error) {
	answer, err := program.Run(ctx, program.Command{
		Line:  p.Command,
		Env:   []string{"STROWGER_LANGUAGE=" + t.Language, "STROWGER_MODEL=" + t.Model, "STROWGER_PHRASES=" + strings.Join(t.Phrases, "\n")},
		Input: bytes.NewReader(player.WAV(&player.Audio{RateHz: RateHz, Samples: said})), Most: answerMost,
	})
	if err != nil {
		return Heard{}, errors.New("the program failed: " + err.Error())
	}
	return written(answer), nil
}

// spoken is what a program may write that says more than text.
type spoken struct {
	Text       *string `json:"text"`
	Confidence float64 `json:"confidence"`
	Words      []struct {
		Word  string  `json:"word"`
		Start float64 `json:"start"`
		End   float64 `json:"end"`
	} `json:"words"`
}

// written reads what a program wrote.
func written(answer []byte) Heard {
	var s spoken
	if err := json.Unmarshal(answer, &s); err != nil || s.Text == nil {
		return Heard{Text: plain(string(answer))}
	}
	h := Heard{Text: plain(*s.Text), Confidence: probability(s.Confidence)}
	for _, w := range s.Words {
		if one := word(w.Word, w.Start, w.End); one.Text != "" {
			h.Words = append(h.Words, one)
		}
	}
	return h
}
