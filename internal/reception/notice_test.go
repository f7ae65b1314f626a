package reception_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/internal/directory"
	"strowger/internal/reception"
	"strowger/internal/sip/siptest"
)

// logbook keeps what is logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// about are the lines that have all of these parts.
func (l *logbook) about(parts ...string) (lines []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.text.String()) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
			lines = append(lines, line)
		}
	}
	return lines
}

// await waits for one such line, and fails when there are more.
func (l *logbook) await(t *testing.T, parts ...string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for len(l.about(parts...)) == 0 {
		if time.Now().After(deadline) {
			t.Fatalf("no line has %q:\n%s", parts, l.about())
		}
		<-time.After(5 * time.Millisecond)
	}
	if lines := l.about(parts...); len(lines) != 1 {
		t.Errorf("%d lines:\n%s", len(lines), lines)
	}
}

func TestWhyACallIsNotTakenIsInTheLog(t *testing.T) {
	var book logbook
	r := start(t, func(_ *directory.Config, c *reception.Config) { c.Log = slog.New(slog.NewTextHandler(&book, nil)) })
	p := siptest.NewPhone(t, "udp", r.phones)

	r.fromNetwork("+12065550000").Await(siptest.Failed)
	book.await(t, "source=127.0.0.9:", "method=INVITE", "call_id=", "status=404", "+12065550000", "numbers of trunk carrier")

	r.fromUser(p, "bob", "alice", "guess").Await(siptest.Failed)
	book.await(t, "source=127.0.0.1:", "status=401", "credentials do not hold", "alice", "correct both in the phone")

	r.fromUser(p, "+4930123456", "alice", "wonder").Await(siptest.Failed)
	book.await(t, "source=127.0.0.1:", "status=403", "may_dial")

	stranger := siptest.NewWire(t, "127.0.0.66", r.Addr("udp"))
	for i := range 3 {
		stranger.Send("INVITE", "sip:"+ours+"@"+domain, i+1, "")
		stranger.Await("SIP/2.0 401")
	}
	book.await(t, "source=127.0.0.66:", "method=INVITE", "status=401", "add it to the sources of the trunk")

	r.Drain()
	r.fromNetwork(ours).Await(siptest.Failed)
	book.await(t, "source=127.0.0.9:", "status=503", "server is stopping")
}

func TestWhoIsNotHeardIsInTheLog(t *testing.T) {
	var book logbook
	r := start(t, func(s *directory.Config, c *reception.Config) {
		s.Users = nil
		c.Log = slog.New(slog.NewTextHandler(&book, nil))
	})
	stranger := siptest.NewWire(t, "127.0.0.66", r.Addr("udp"))
	for i := range 3 {
		stranger.Send("INVITE", "sip:"+ours+"@"+domain, i+1, "")
	}
	book.await(t, "packet not answered", "source=127.0.0.66:", "add it to the sources of the trunk")
}
