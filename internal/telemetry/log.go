package telemetry

import (
	"fmt"
	"io"
	"log/slog"
)

// Names of the attributes that join the lines of one call.
const (
	CallKey       = "call"
	ConnectionKey = "connection"
	LegKey        = "leg"
)

// NewLogger writes to w from level on (debug, info, warn, error), as json or
// text.
func NewLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var min slog.Level
	if err := min.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level %q: %w", level, err)
	}
	options := &slog.HandlerOptions{Level: min}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	default:
		return nil, fmt.Errorf("log format %q is neither json nor text", format)
	}
}
