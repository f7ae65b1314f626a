package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"strowger/internal/media"
	"strowger/internal/media/player"
)

// voice is the program that speaks for the lab.
const voice = "espeak-ng"

// ErrNoVoice is wrapped when nothing here can speak.
var ErrNoVoice = errors.New(voice + " is not installed, and the lab speaks with it: `apt-get install " + voice + "` on Debian and Ubuntu, `brew install " + voice + "` on a Mac")

// Speak makes sound of a text.
func Speak(ctx context.Context, text string) (*player.Prompt, error) {
	program, err := exec.LookPath(voice)
	if err != nil {
		return nil, ErrNoVoice
	}
	command := exec.CommandContext(ctx, program, "--stdin", "--stdout")
	var file, said bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(text), &file, &said
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", voice, err, strings.TrimSpace(said.String()))
	}
	audio, err := player.ParseWAV(file.Bytes())
	if err != nil {
		return nil, fmt.Errorf("what %s said: %w", voice, err)
	}
	return audio.Prompt(media.Narrowband), nil
}
