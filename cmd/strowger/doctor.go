package main

import (
	"errors"

	"strowger/internal/config"
	"strowger/internal/doctor"
	"strowger/internal/server"
)

type doctorCommand struct {
	settingsFile
	Dev   bool   `help:"Examine what 'strowger dev' uses."`
	Trunk string `help:"Listen to what this trunk's carrier sends, beside the running server or in its place, and say why it is refused, until Ctrl-C." placeholder:"NAME"`
}

func (c doctorCommand) Run(t terminal) error {
	cfg, err := c.settings(t)
	if err != nil {
		return err
	}
	if c.Trunk != "" {
		return c.watch(t, cfg)
	}
	report := doctor.Examine(t.ctx, cfg)
	if err := report.Print(t.out); err != nil {
		return err
	}
	if !report.Healthy() {
		return errors.New("what is marked fail must be mended first")
	}
	return nil
}

// watch listens until a signal.
func (c doctorCommand) watch(t terminal, cfg config.Config) error {
	d, err := server.Directory(cfg)
	if err != nil {
		return &settingsError{err}
	}
	return doctor.Watch{Config: cfg, Directory: d, Trunk: c.Trunk, Out: t.out}.Run(t.ctx)
}

func (c doctorCommand) settings(t terminal) (config.Config, error) {
	if !c.Dev {
		return c.load(t)
	}
	cfg, err := config.LoadDev(t.environ)
	if err != nil {
		return config.Config{}, &settingsError{err}
	}
	return cfg, nil
}
