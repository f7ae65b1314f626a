package server

import (
	"context"
	"log/slog"
	"strings"
)

// handshakes is where an http.Server logs. What it says of a TLS handshake that
// failed are the words of the far end ("bad record MAC"), which name no remedy.
type handshakes struct{ slog.Handler }

const handshakeAdvice = "the application has to trust this server's certificate: `strowger dev` prints how, for each language"

// Handle implements slog.Handler.
func (h handshakes) Handle(ctx context.Context, r slog.Record) error {
	what, failed := strings.CutPrefix(r.Message, "http: TLS handshake error from ")
	if !failed {
		return h.Handler.Handle(ctx, r)
	}
	source, why, _ := strings.Cut(what, ": ")
	told := slog.NewRecord(r.Time, r.Level, "a TLS handshake failed", r.PC)
	told.AddAttrs(slog.String("source", source), slog.String("why", why), slog.String("advice", handshakeAdvice))
	return h.Handler.Handle(ctx, told)
}
