package telemetry

import (
	"fmt"
	"io"
	"log/slog"
)

// NewLogger writes to w from level on (debug, info, warn, error), as json or
// text.
func NewLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var min slog.Level
	if err := min.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level %q: %w", level, err)
	}
	options := &slog.HandlerOptions{Level: min, ReplaceAttr: leaveOutUnknown}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	default:
		return nil, fmt.Errorf("log format %q is neither json nor text", format)
	}
}

// leaveOutUnknown drops attributes that are empty strings, so that who logs
// names an id whether it is known at that point or not.
func leaveOutUnknown(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindString && a.Value.String() == "" {
		return slog.Attr{}
	}
	return a
}
