// Package program runs a program for one answer: bytes go in over standard input, and
// come back over standard output.
//
// Guarantees:
//   - No shell reads the command line: its words go to the program as they are.
//   - The program is killed when the context ends, or when it writes too much.
//   - It does not learn this server's settings: variables of the environment that begin
//     with STROWGER_ are its own alone.
//   - What it says of its failure, on standard error, is in the error, shortened.
package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Command is what to run.
type Command struct {
	Line  []string // the program, found as a shell finds it, and its arguments
	Env   []string // "name=value", beside the environment that this process has
	Input io.Reader
	Most  int // bytes that it may write
}

// closing is how long the files of a program that is gone are waited for: it may have
// left a child that holds them.
const closing = time.Second

var errTooMuch = errors.New("it writes more than it may")

// Run runs a command and returns what it wrote. When ctx ended its error is ctx's.
func Run(ctx context.Context, c Command) ([]byte, error) {
	ctx, kill := context.WithCancelCause(ctx)
	defer kill(nil)
	p := exec.CommandContext(ctx, c.Line[0], c.Line[1:]...)
	p.Env = append(Environment(), c.Env...)
	p.Stdin, p.WaitDelay = c.Input, closing
	answer, said := &bounded{most: c.Most, full: kill}, &End{}
	p.Stdout, p.Stderr = answer, said
	if err := p.Run(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, explained(err, said.String())
	}
	return answer.kept, nil
}

// Environment is this process's without this server's settings.
func Environment() []string { return slices.DeleteFunc(os.Environ(), ours) }

// ours reports whether a variable may be a setting of this server, and so a secret.
func ours(variable string) bool { return strings.HasPrefix(variable, "STROWGER_") }

func explained(err error, said string) error {
	if lines := strings.Split(strings.TrimSpace(said), "\n"); lines[len(lines)-1] != "" {
		return fmt.Errorf("%w: %.200s", err, lines[len(lines)-1])
	}
	return err
}

// bounded takes no more than so many bytes, and tells when there were more. It has no
// ReadFrom, through which a copy would go past its Write.
type bounded struct {
	kept []byte
	most int
	full func(error)
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(b.kept)+len(p) > b.most {
		b.full(errTooMuch)
		return 0, errTooMuch
	}
	b.kept = append(b.kept, p...)
	return len(p), nil
}

// End keeps the end of what is written to it: what a program says before it fails.
type End struct{ kept []byte }

const endBytes = 1024

func (e *End) Write(p []byte) (int, error) {
	e.kept = append(e.kept, p...)
	if over := len(e.kept) - endBytes; over > 0 {
		e.kept = append(e.kept[:0], e.kept[over:]...)
	}
	return len(p), nil
}

// String is what was kept.
func (e *End) String() string { return strings.ToValidUTF8(string(e.kept), "") }
