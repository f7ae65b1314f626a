package server

import (
	"context"
	"path/filepath"

	"strowger/internal/telemetry"
	"strowger/internal/usage"
)

// buildUsage has the journal keep what was not entered yet: before any of it is
// forgotten.
func (p *parts) buildUsage(ctx context.Context) (err error) {
	p.pulse = usage.NewPulse(filepath.Join(p.cfg.DataDir, "alive"), p.log)
	p.usage, err = usage.Open(ctx, usage.Config{Keep: p.cfg.Usage.Keep, MaxBytes: p.cfg.Usage.MaxBytes, Journal: p.journal, Log: p.log})
	return err
}

func (p *parts) usageFigures() []telemetry.Figure {
	return []telemetry.Figure{count("usage_records", "Usage of legs, seats and recordings that was entered.", p.usage.Entered())}
}
