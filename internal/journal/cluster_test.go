package journal_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"strowger/internal/call"
	"strowger/internal/journal"
)

// startServer runs a NATS server that listens, as an existing one does.
func startServer(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	return startWith(t, server.Options{Port: port, StoreDir: dir})
}

func startWith(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Host, o.NoSigs, o.NoLog, o.JetStream = "127.0.0.1", true, true, true
	s, err := server.NewServer(&o)
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
		j.Follow(ctx, r.Stream, journal.Position{}, func(r journal.Record) error {
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

// What a server takes is known from the start: with less than its usual
// megabyte there is less room for a call, and with far less there is none.
func TestTheLimitOfAnExistingServerIsKnown(t *testing.T) {
	s := startWith(t, server.Options{Port: server.RANDOM_PORT, StoreDir: t.TempDir(), MaxPayload: 300 << 10})
	log := openURL(t, s.ClientURL()).Begin(callID(1).Key())
	state := stateOf(1, 1)
	must(t, log.Append(t.Context(), state, nil))
	state.Step, state.StartedBy = 2, call.Address(strings.Repeat("x", 200<<10))
	if err := log.Append(t.Context(), state, nil); !errors.Is(err, journal.ErrTooLarge) {
		t.Errorf("a step that is too large: %v", err)
	}
	state.Phase = call.Ended
	must(t, log.Append(t.Context(), state, nil))

	s = startWith(t, server.Options{Port: server.RANDOM_PORT, StoreDir: t.TempDir(), MaxPayload: 64 << 10})
	_, err := journal.Open(t.Context(), journal.Config{URL: s.ClientURL()}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "max_payload") {
		t.Errorf("a server that takes 64 kB: %v", err)
	}
}
