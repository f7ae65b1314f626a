package notice

import (
	"cmp"
	"io"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Notice is one request, or what was none, and what became of it.
type Notice struct {
	Source    netip.AddrPort `json:"source"`
	Transport string         `json:"transport"`
	// Known sources are trunks' and those where a password was proven.
	Known  bool   `json:"known"`
	Method string `json:"method,omitempty"` // empty when it could not be read, like what follows
	CallID string `json:"call_id,omitempty"`
	From   string `json:"from,omitempty"` // URI
	To     string `json:"to,omitempty"`   // Request-URI
	// Status is that of our response, 0 when there was none.
	Status int `json:"status,omitempty"`
	// Reason is why it was refused and what to do about it; empty when it was served.
	Reason string `json:"reason,omitempty"`
}

// Entry is a kind of request and how often it came; the Notice is the latest.
type Entry struct {
	Notice
	Times int       `json:"times"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

const (
	entriesMost = 512
	textMost    = 256 // bytes of a far end's word

	// How often strangers make a line: each kind, and all together.
	quiet      = time.Minute
	linesRate  = 5
	linesBurst = 50
)

// kind is what is counted together. Ports change with every connection.
type kind struct {
	source netip.Addr
	method string
	status int
	reason string
}

type entry struct {
	Entry
	logged time.Time // the last line
	unsaid int       // since then
}

// List logs notices and remembers the latest.
type List struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	entries map[kind]*entry
	lines   float64 // that strangers may still make, as of filled
	filled  time.Time
}

// New makes an empty list. No log means that nothing is logged; no clock means
// time.Now.
func New(log *slog.Logger, now func() time.Time) *List {
	if log == nil {
		log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if now == nil {
		now = time.Now
	}
	return &List{log: log, now: now, entries: map[kind]*entry{}, lines: linesBurst}
}

// Tell takes a notice. One without a reason is only remembered.
func (l *List) Tell(n Notice) {
	n.Method, n.CallID, n.From, n.To, n.Reason = short(n.Method), short(n.CallID), short(n.From), short(n.To), short(n.Reason)
	unsaid, say := l.remember(n)
	if !say {
		return
	}
	attributes := []any{"source", n.Source.String(), "transport", n.Transport}
	for _, a := range []struct{ key, value string }{{"method", n.Method}, {"call_id", n.CallID}, {"from", n.From}, {"to", n.To}} {
		if a.value != "" {
			attributes = append(attributes, a.key, a.value)
		}
	}
	if n.Status != 0 {
		attributes = append(attributes, "status", n.Status)
	}
	attributes = append(attributes, "reason", n.Reason)
	if unsaid > 0 {
		attributes = append(attributes, "left_out", unsaid)
	}
	l.log.Info(message(n), attributes...)
}

func message(n Notice) string {
	switch {
	case n.Status != 0:
		return "request refused"
	case n.Method != "":
		return "request not answered"
	}
	return "packet not answered"
}

// remember counts a notice and decides whether it makes a line.
func (l *List) remember(n Notice) (unsaid int, say bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	k := kind{n.Source.Addr().Unmap(), n.Method, n.Status, n.Reason}
	e := l.entries[k]
	if e == nil {
		if len(l.entries) >= entriesMost {
			// A flood from made-up sources must not cost a search a packet.
			if !n.Known && !l.line(now) {
				return 0, false
			}
			l.makeRoom()
		}
		e = &entry{Entry: Entry{First: now}}
		l.entries[k] = e
	}
	e.Notice, e.Last = n, now
	e.Times++
	switch {
	case n.Reason == "":
		return 0, false
	case !n.Known && (now.Sub(e.logged) < quiet || !l.line(now)):
		e.unsaid++
		return 0, false
	}
	unsaid, e.unsaid, e.logged = e.unsaid, 0, now
	return unsaid, true
}

// line takes one of the lines that strangers may make.
func (l *List) line(now time.Time) bool {
	l.lines = min(linesBurst, l.lines+linesRate*now.Sub(l.filled).Seconds())
	l.filled = now
	if l.lines < 1 {
		return false
	}
	l.lines--
	return true
}

// makeRoom forgets what is least worth knowing: the oldest of the strangers', or of all.
func (l *List) makeRoom() {
	var least kind
	var oldest *entry
	for k, e := range l.entries {
		if oldest == nil || oldest.Known && !e.Known || oldest.Known == e.Known && e.Last.Before(oldest.Last) {
			least, oldest = k, e
		}
	}
	delete(l.entries, least)
}

// Entries are what is remembered, the latest last.
func (l *List) Entries() []Entry {
	l.mu.Lock()
	all := make([]Entry, 0, len(l.entries))
	for _, e := range l.entries {
		all = append(all, e.Entry)
	}
	l.mu.Unlock()
	slices.SortFunc(all, func(x, y Entry) int {
		return cmp.Or(x.Last.Compare(y.Last), x.Source.Compare(y.Source), strings.Compare(x.Method, y.Method), strings.Compare(x.Reason, y.Reason))
	})
	return all
}

// short is text of the far end's within bounds and on one line.
func short(s string) string {
	if len(s) > textMost {
		s = s[:textMost] + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
