package main

import (
	"errors"

	"strowger/internal/config"
	"strowger/internal/doctor"
)

type doctorCommand struct {
	settingsFile
	Dev bool `help:"Examine what 'strowger dev' uses."`
}

func (c doctorCommand) Run(t terminal) error {
	cfg, err := c.settings(t)
	if err != nil {
		return err
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
