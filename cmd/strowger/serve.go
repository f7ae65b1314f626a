package main

import (
	"fmt"
	"log/slog"

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

func (t terminal) log(cfg config.Config) (*slog.Logger, error) {
	log, err := telemetry.NewLogger(t.err, cfg.Log.Level, cfg.Log.Format)
	if err != nil {
		return nil, &settingsError{err}
	}
	return log, nil
}
