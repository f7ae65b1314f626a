package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"strowger/internal/config"
	"strowger/internal/server"
	"strowger/internal/telemetry"
)

// settingsError marks an error that the user corrects in the configuration.
type settingsError struct{ error }

func (e *settingsError) Unwrap() error { return e.error }

// settingsFile is how commands that need the settings are told where they are.
type settingsFile struct {
	Config string `help:"Settings in YAML; see strowger.example.yaml. Without it the defaults hold: no users, no trunks." placeholder:"FILE" type:"path" env:"STROWGER_CONFIG"`
}

func (f settingsFile) load(t terminal) (config.Config, error) {
	cfg, err := config.Load(f.Config, t.environ)
	if err != nil {
		return config.Config{}, &settingsError{err}
	}
	return cfg, nil
}

type serveCommand struct{ settingsFile }

func (c serveCommand) Run(t terminal) error {
	outliveReaders()
	cfg, err := c.load(t)
	if err != nil {
		return err
	}
	log, err := t.log(cfg)
	if err != nil {
		return err
	}
	return server.Run(t.ctx, server.Config{Config: cfg, Version: versionName(), Log: log, Ready: func(i server.Info) {
		if i.KeysAreNew {
			fmt.Fprintf(t.out, "The access key of this resource, made now, kept under %s and not shown again:\n\n  %s\n\n", cfg.DataDir, i.ConnectionString())
		}
	}})
}

// outliveReaders keeps calls alive when whoever reads the output has gone, as a log
// collector that is restarted: a write then fails, where it would end the process.
// What is notified is not looked at. To ignore the signal would be inherited by programs
// that we start.
func outliveReaders() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

func (t terminal) log(cfg config.Config) (*slog.Logger, error) {
	log, err := telemetry.NewLogger(t.err, cfg.Log.Level, cfg.Log.Format)
	if err != nil {
		return nil, &settingsError{err}
	}
	return log, nil
}
