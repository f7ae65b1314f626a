package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"strowger/internal/media/player"
	"strowger/internal/speech/program"
)

// ESpeak is the engine eSpeak NG, a process for each line: more than a hundred
// languages, less pleasant than others.
type ESpeak struct {
	program string

	once   sync.Mutex
	voices map[string]bool // by language, as eSpeak NG writes it
}

// NewESpeak makes the engine, whether the program is there or not.
func NewESpeak() *ESpeak { return &ESpeak{program: "espeak-ng"} }

// Name is the engine's.
func (e *ESpeak) Name() string { return e.program }

// Speaks reports whether the program is there and has the language.
func (e *ESpeak) Speaks(v Voice) bool { return e.Open() == nil && e.language(v.Language) != "" }

// Open asks the program for its languages, once they are there. Its error says what
// to install.
func (e *ESpeak) Open() error {
	e.once.Lock()
	defer e.once.Unlock()
	if e.voices != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lineTime)
	defer cancel()
	list, err := exec.CommandContext(ctx, e.program, "--voices").Output()
	if err != nil {
		return fmt.Errorf("%s cannot be used (install the Debian package espeak-ng): %w", e.program, err)
	}
	e.voices = map[string]bool{}
	for line := range strings.Lines(string(list)) {
		if fields := strings.Fields(line); len(fields) > 1 {
			e.voices[fields[1]] = true
		}
	}
	return nil
}

// languages are those that eSpeak NG has other names for.
var languages = map[string]string{"zh": "cmn", "no": "nb", "iw": "he", "tl": "fil"}

// language is a language as eSpeak NG writes it; empty when it has none.
func (e *ESpeak) language(tag string) string {
	for _, name := range []string{strings.ToLower(tag), primary(tag), languages[primary(tag)]} {
		if e.voices[name] {
			return name
		}
	}
	return ""
}

// How eSpeak NG speaks when nothing else is asked: words in a minute, and pitch from 0
// to 99.
const (
	eSpeakRate  = 165
	eSpeakPitch = 50
)

// lineTime bounds how long a line is made, and lineBytes its sound.
const (
	lineTime  = 10 * time.Second
	lineBytes = 16 << 20
)

// Say makes a line.
func (e *ESpeak) Say(ctx context.Context, l Line) (*player.Audio, error) {
	if err := e.Open(); err != nil {
		return nil, err
	}
	voice := e.language(l.Language)
	if l.Gender == Female {
		voice += "+f3"
	}
	ctx, cancel := context.WithTimeout(ctx, lineTime)
	defer cancel()
	// The text goes in over standard input: it is never taken for an option.
	sound, err := program.Run(ctx, program.Command{
		Line: []string{e.program, "-v", voice, "-s", strconv.Itoa(int(eSpeakRate * l.rate())),
			"-p", strconv.Itoa(min(int(eSpeakPitch*l.pitch()), 99)), "--stdin", "--stdout"},
		Input: strings.NewReader(l.Text + "\n"), Most: lineBytes,
	})
	if err != nil {
		return nil, late(err)
	}
	return wav(bytes.NewReader(sound))
}

// late says of an engine that was given up that it took too long.
func late(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &Failure{Late, "it took longer than " + lineTime.String()}
	}
	return err
}

// wav reads the sound of a WAV file as a whole.
func wav(file io.Reader) (*player.Audio, error) {
	r, err := player.NewReader(file)
	if err != nil {
		return nil, err
	}
	a := &player.Audio{RateHz: r.RateHz()}
	for part := make([]int16, 8192); ; {
		n, err := r.Read(part)
		a.Samples = append(a.Samples, part[:n]...)
		if err == io.EOF {
			return a, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
