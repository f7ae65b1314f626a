package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"strowger/internal/config"
	"strowger/internal/directory"
	"strowger/internal/sip/notice"
)

// Watch listens to what a trunk's carrier sends, and tells what became of it and
// why, until ctx is done.
type Watch struct {
	Config config.Config // valid
	// Directory is what the server makes of the configuration.
	Directory directory.Config
	Trunk     string
	Out       io.Writer
}

// pollTime is how often the list is looked at.
const pollTime = 500 * time.Millisecond

// look reads where requests are noted: the running server's, or our own.
type look func(context.Context) ([]notice.Entry, error)

// Run watches. Its error says what to do: the trunk is not there, nobody can
// listen, or nothing came.
func (w Watch) Run(ctx context.Context) error {
	trunk, err := w.trunk()
	if err != nil {
		return err
	}
	told := newTeller(w.Out, trunk)
	if alreadyRunning(ctx, w.Config) {
		look, err := w.runningList()
		if err != nil {
			return err
		}
		told.say("The server is running. What it remembers of the carrier of trunk %s comes first, and then what is new. Ctrl-C ends this.", trunk.Name)
		err = told.follow(ctx, look)
		return errors.Join(err, told.end())
	}
	return w.standIn(ctx, trunk, told)
}

func (w Watch) trunk() (directory.Trunk, error) {
	var names []string
	for _, t := range w.Directory.Trunks {
		if t.Name == w.Trunk {
			return t, nil
		}
		names = append(names, t.Name)
	}
	if len(names) == 0 {
		return directory.Trunk{}, fmt.Errorf("there is no trunk %q: the settings have none; is --config right?", w.Trunk)
	}
	return directory.Trunk{}, fmt.Errorf("there is no trunk %q; those of the settings are %s", w.Trunk, strings.Join(names, ", "))
}

// teller prints entries of a list, each when it is new and again when more of its
// kind came.
type teller struct {
	out     io.Writer
	trunk   directory.Trunk
	told    map[string]int // how often it had come
	carrier int            // requests of the carrier's
}

func newTeller(out io.Writer, t directory.Trunk) *teller {
	return &teller{out: out, trunk: t, told: map[string]int{}}
}

func (t *teller) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// follow looks at a list until ctx is done.
func (t *teller) follow(ctx context.Context, look look) error {
	for {
		entries, err := look(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		t.tell(entries)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pollTime):
		}
	}
}

// tell prints what is new of the carrier's, and of those whom nobody knows: they
// may be the carrier too. A kind that comes again is printed again when it was
// refused; that it is served needs saying once.
func (t *teller) tell(entries []notice.Entry) {
	for _, e := range entries {
		mine := t.from(e.Source.Addr())
		if !mine && e.Known {
			continue // a phone's, or another trunk's
		}
		key := fmt.Sprintf("%s %s %d %s", e.Source.Addr(), e.Method, e.Status, e.Reason)
		before := t.told[key]
		t.told[key] = e.Times
		if mine {
			t.carrier += e.Times - before
		}
		if e.Times > before && (before == 0 || e.Reason != "") {
			t.print(e, mine)
		}
	}
}

// from reports whether an address is the carrier's.
func (t *teller) from(addr netip.Addr) bool {
	addr = addr.Unmap()
	if at, err := netip.ParseAddrPort(t.trunk.Address); err == nil && at.Addr().Unmap() == addr {
		return true
	}
	return slices.ContainsFunc(t.trunk.Sources, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func (t *teller) print(e notice.Entry, mine bool) {
	who := "the carrier"
	if !mine {
		who = "somebody unknown"
	}
	what := e.Method
	if what == "" {
		what = "a packet"
	}
	line := fmt.Sprintf("%s  %s at %s (%s) sent %s", e.Last.Local().Format(time.TimeOnly), who, e.Source, e.Transport, what)
	for _, part := range []struct{ label, value string }{{"to", e.To}, {"from", e.From}, {"Call-ID", e.CallID}} {
		if part.value != "" {
			line += fmt.Sprintf(", %s %s", part.label, part.value)
		}
	}
	if e.Times > 1 {
		line += fmt.Sprintf(" (%d times)", e.Times)
	}
	t.say("%s", line)
	t.say("          %s", became(e))
}

// became says what became of a request.
func became(e notice.Entry) string {
	switch {
	case e.Reason == "" && e.Status == 100:
		return "taken: the call rings here"
	case e.Reason == "":
		return fmt.Sprintf("answered %d", e.Status)
	case e.Status == 0:
		return "not answered → " + e.Reason
	}
	return fmt.Sprintf("refused with %d → %s", e.Status, e.Reason)
}

var errSilent = errors.New("nothing came from the carrier: see with `tcpdump -n -i any port 5060` whether its packets reach this machine; " +
	"then it is the address that the carrier was given, a firewall, or sip.listen")

// end is the last word.
func (t *teller) end() error {
	if t.carrier > 0 {
		t.say("%d requests came from the carrier.", t.carrier)
		return nil
	}
	if len(t.trunk.Sources) == 0 {
		return fmt.Errorf("trunk %s takes no calls: give it sources, the networks that its calls come from", t.trunk.Name)
	}
	return errSilent
}
