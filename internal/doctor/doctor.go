package doctor

import (
	"context"
	"fmt"
	"io"
	"time"

	"strowger/internal/config"
)

// patience bounds each thing that is waited for.
const patience = 5 * time.Second

// Level is how bad a finding is.
type Level string

// The levels. Fail means that the server would not start or not work.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "fail"
)

// Finding is one line of the report.
type Finding struct {
	Subject string // what was looked at: "sip udp://127.0.0.1:5060"
	Level   Level
	Message string // what was found
	Advice  string // what to do about it; empty when all is well
}

func ok(subject, format string, args ...any) Finding {
	return Finding{Subject: subject, Level: OK, Message: fmt.Sprintf(format, args...)}
}

func warn(subject string, err error, advice string) Finding {
	return Finding{Subject: subject, Level: Warn, Message: err.Error(), Advice: advice}
}

func fail(subject string, err error, advice string) Finding {
	return Finding{Subject: subject, Level: Fail, Message: err.Error(), Advice: advice}
}

// Report is all findings, in the order in which the server meets them.
type Report []Finding

// Examine looks at everything that cfg asks for. cfg is valid.
func Examine(ctx context.Context, cfg config.Config) Report {
	checks := []func(context.Context, config.Config) []Finding{
		storage, recordings, clock, files, listeners, media, certificate, webhooks, spoken, heard, trunks,
	}
	var report Report
	for _, check := range checks {
		report = append(report, check(ctx, cfg)...)
	}
	return report
}

// Healthy says that nothing failed; warnings do not count.
func (r Report) Healthy() bool {
	for _, f := range r {
		if f.Level == Fail {
			return false
		}
	}
	return true
}

// Print writes one line a finding, and beneath it what to do.
func (r Report) Print(w io.Writer) error {
	width := 0
	for _, f := range r {
		width = max(width, len(f.Subject))
	}
	for _, f := range r {
		text := fmt.Sprintf("%-4s  %-*s  %s\n", f.Level, width, f.Subject, f.Message)
		if f.Advice != "" {
			text += fmt.Sprintf("%*s%s\n", width+8, "", "→ "+f.Advice)
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}
