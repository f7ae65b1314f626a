package journal_test

import (
	"context"
	"log/slog"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"strowger/internal/journal"
)

// startServer runs a NATS server that listens, as an existing one does.
func startServer(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir,
	})
	must(t, err)
	s.Start()
	t.Cleanup(func() { stopServer(s) })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server did not start")
	}
	return s
}

func stopServer(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func openURL(t *testing.T, url string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{URL: url, MaxBytes: 64 << 20}, slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(j.Close)
	return j
}

func TestAnExistingServerIsUsedByURL(t *testing.T) {
	s := startServer(t, t.TempDir(), server.RANDOM_PORT)
	j := openURL(t, s.ClientURL())
	must(t, j.Begin(callID(1).Key()).Append(t.Context(), stateOf(1, 1), nil))
	j.Close()
	if _, _, err := openURL(t, s.ClientURL()).Load(t.Context(), callID(1).Key()); err != nil {
		t.Error(err)
	}
}

func TestAServerThatComesBackIsUsedAgain(t *testing.T) {
	dir := t.TempDir()
	s := startServer(t, dir, server.RANDOM_PORT)
	address, err := url.Parse(s.ClientURL())
	must(t, err)
	port, err := strconv.Atoi(address.Port())
	must(t, err)
	j := openURL(t, s.ClientURL())
	log := j.Begin(callID(1).Key())
	must(t, log.Append(t.Context(), stateOf(1, 1), nil))

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	read := make(chan journal.Record)
	ended := make(chan struct{})
	r := records(t, j, 1)[0]
	go func() {
		defer close(ended)
		j.Follow(ctx, r.Stream, 0, func(r journal.Record) error {
			select {
			case read <- r:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	<-read
	stopServer(s)
	startServer(t, dir, port)
	must(t, log.Append(ctx, stateOf(1, 2), nil))
	select {
	case r := <-read:
		if r.Step != 2 {
			t.Errorf("read step %d", r.Step)
		}
	case <-ctx.Done():
		t.Error("the reader did not go on")
	}
	cancel()
	<-ended
}
