package usage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// PulseEvery is how exactly it is known when a process that was killed lived last.
const PulseEvery = time.Second

// Pulse says when this process lived, in the time of a file, for the next one. It
// survives kill -9; a power cut may take some of it back.
type Pulse struct {
	file string
	log  *slog.Logger
}

// NewPulse is kept in a file. Before Run, Last is the previous process's.
func NewPulse(file string, log *slog.Logger) *Pulse { return &Pulse{file, log} }

// Last is when a process is known to have lived last; zero when none has said so.
func (p *Pulse) Last() (time.Time, error) {
	info, err := os.Stat(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("find out when the previous process lived last: %w", err)
	}
	return info.ModTime(), nil
}

// Run beats until ctx ends.
func (p *Pulse) Run(ctx context.Context) error {
	tick := time.NewTicker(PulseEvery)
	defer tick.Stop()
	for failed := false; ; {
		err := p.beat(time.Now())
		if err != nil && !failed {
			p.log.Warn("it cannot be noted that this process lives: if it is killed, calls are counted to the next start", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (p *Pulse) beat(now time.Time) error {
	err := os.Chtimes(p.file, now, now)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.WriteFile(p.file, nil, 0o600); err == nil {
			err = os.Chtimes(p.file, now, now)
		}
	}
	return err
}
