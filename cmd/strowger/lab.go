package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"strowger/internal/config"
	"strowger/internal/lab"
	"strowger/internal/media/player"
	"strowger/internal/number"
)

type labCommands struct {
	Call labCall `cmd:"" help:"Call a number of 'strowger dev' from this machine, so that an application can be tried without a phone. It ends with 0 when the call was answered."`
}

// labCall is a caller of its own and no request to the running server: SIP from
// this machine is what dev's trunk takes, so no secret is needed.
type labCall struct {
	Number string        `arg:"" help:"Whom to call, as +14255550100."`
	From   string        `default:"+15550100" help:"The caller's number (${default}, which echoes when it is called back)." placeholder:"NUMBER"`
	Wait   time.Duration `default:"2s" help:"How long to wait after the answer before speaking and pressing."`
	Say    string        `help:"What to say; espeak-ng says it." placeholder:"TEXT"`
	Press  lab.Keys      `help:"Keys to press after that; a comma waits a second." placeholder:"1,2,#"`
	For    time.Duration `default:"30s" help:"Hang up so long after the answer, if nobody has before."`
	Record string        `help:"Keep what was heard in a WAV file." placeholder:"FILE" type:"path"`
	Server string        `help:"Where the server takes SIP, as udp://127.0.0.1:5060; without it, where 'strowger dev' would with this environment." placeholder:"URL"`
}

// callMost is the longest call: its sound is kept in memory.
const callMost = player.MaxDuration

func (c labCall) Run(t terminal) error {
	cfg, err := c.config(t)
	if err != nil {
		return &settingsError{err}
	}
	if c.Say != "" {
		if cfg.Say, err = lab.Speak(t.ctx, c.Say); err != nil {
			return err
		}
	}
	fmt.Fprintf(t.out, "calling %s at %s as %s\n", cfg.To, cfg.Server, cfg.From)
	result, err := lab.Call(t.ctx, cfg)
	if err != nil {
		return fmt.Errorf("call %s: %w", cfg.To, err)
	}
	if err := c.keep(t.out, result.Heard); err != nil {
		return err
	}
	if !result.Answered {
		return fmt.Errorf("%s did not answer", cfg.To)
	}
	return nil
}

func (c labCall) config(t terminal) (cfg lab.CallConfig, err error) {
	cfg = lab.CallConfig{
		Wait: c.Wait, Press: c.Press, For: c.For, Log: slog.New(slog.DiscardHandler),
		Report: func(at time.Duration, what string) { fmt.Fprintf(t.out, "%6.1f s  %s\n", at.Seconds(), what) },
	}
	var ok bool
	if cfg.To, ok = number.ITU.Read(c.Number, ""); !ok {
		return cfg, fmt.Errorf("%q is no number; dev's own is %s", c.Number, config.DevNumber)
	}
	if cfg.From, ok = number.ITU.Read(c.From, ""); !ok {
		return cfg, fmt.Errorf("--from: %q is no number", c.From)
	}
	if c.For <= 0 || c.For > callMost || c.Wait < 0 {
		return cfg, fmt.Errorf("--for is more than 0 and at most %v, --wait 0 or more", callMost)
	}
	cfg.Server, err = c.server(t)
	return cfg, err
}

// server is where dev would take SIP with this environment, unless it is told.
func (c labCall) server(t terminal) (string, error) {
	if c.Server != "" {
		return c.Server, nil
	}
	dev, err := config.LoadDev(t.environ)
	if err != nil {
		return "", err
	}
	for _, l := range dev.SIP.Listen {
		if scheme, _, _ := strings.Cut(l, "://"); (scheme == "udp" || scheme == "tcp") && !strings.HasSuffix(l, ":0") {
			return l, nil
		}
	}
	return "", errors.New("--server is needed: no UDP or TCP port for SIP is known here; `strowger dev` prints its own")
}

// keep writes what was heard, if it is wanted.
func (c labCall) keep(out io.Writer, heard *player.Audio) error {
	if c.Record == "" {
		return nil
	}
	if err := os.WriteFile(c.Record, player.WAV(heard), 0o600); err != nil {
		return fmt.Errorf("--record: %w", err)
	}
	_, err := fmt.Fprintf(out, "%s of what was heard are in %s\n", heard.Duration().Round(100*time.Millisecond), c.Record)
	return err
}
