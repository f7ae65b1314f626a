package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startupTime is how long the embedded server may take to read its files.
const startupTime = time.Minute

// boundless is more than any disk.
const boundless = 1 << 50

// documentsMost bounds what is kept beside the streams of calls.
const documentsMost = 64 << 20

// jottingsShare is the part of the journal's bytes that jottings may have beside
// its streams.
const jottingsShare = 64

// maxMessage bounds a record: a call of very many participants has a large state.
const maxMessage = 8 << 20

// startServer runs NATS in this process. It listens nowhere: connections are
// pipes.
func startServer(c Config, log *slog.Logger) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "strowger",
		DontListen: true,
		NoSigs:     true, // signals are the process's
		JetStream:  true,
		StoreDir:   c.Dir,
		MaxPayload: maxMessage,
		// The streams have their bounds. The server's own would be a share of
		// the free disk, or would keep it from opening streams that were made
		// with another bound than today's.
		JetStreamMaxStore:      boundless,
		JetStreamMaxMemory:     64 << 20,
		SyncAlways:             c.SyncInterval == 0,
		SyncInterval:           c.SyncInterval,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, fmt.Errorf("embedded NATS: %w", err)
	}
	s.SetLoggerV2(serverLog{log.With("part", "nats")}, false, false, false)
	s.Start()
	if !s.ReadyForConnections(startupTime) {
		stopServer(s)
		return nil, errors.New("embedded NATS did not start; its log lines say why")
	}
	return s, nil
}

func stopServer(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// serverLog passes on what the embedded server complains about.
type serverLog struct{ *slog.Logger }

func (l serverLog) Noticef(format string, v ...any) { l.Logger.Debug(fmt.Sprintf(format, v...)) }
func (l serverLog) Warnf(format string, v ...any)   { l.Logger.Warn(fmt.Sprintf(format, v...)) }
func (l serverLog) Errorf(format string, v ...any)  { l.Logger.Error(fmt.Sprintf(format, v...)) }
func (l serverLog) Fatalf(format string, v ...any)  { l.Logger.Error(fmt.Sprintf(format, v...)) }
func (l serverLog) Debugf(string, ...any)           {}
func (l serverLog) Tracef(string, ...any)           {}
