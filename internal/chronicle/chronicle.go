package chronicle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
)

// Tries is who knows what was tried: a webhook.Courier.
type Tries interface {
	Tries(ctx context.Context, stream int, id call.ID, since time.Time) ([]webhook.Try, error)
}

// Chronicle tells of all calls.
type Chronicle struct {
	journal *journal.Journal
	tries   Tries
}

// New makes one of a journal, and of what was tried of its events.
func New(j *journal.Journal, t Tries) *Chronicle { return &Chronicle{journal: j, tries: t} }

// linesMost bounds what is told of one call: of a longer one the last lines are told.
const linesMost = 10_000

var (
	// ErrUnknown: the journal has no such call, or has forgotten it.
	ErrUnknown = errors.New("no such call")
	// ErrAmbiguous: several calls begin so.
	ErrAmbiguous = errors.New("several calls begin so")
)

// Of is the whole chronicle of a call, which is named by any of its identifiers or by
// the beginning of one that no other call has.
func (c *Chronicle) Of(ctx context.Context, id string) ([]Line, error) {
	key, err := c.find(ctx, id)
	if err != nil {
		return nil, err
	}
	var (
		lines  []Line
		teller = NewTeller()
		firsts []journal.Record // of each call that a group has had
	)
	err = c.journal.Records(ctx, key, func(r journal.Record) error {
		if n := len(firsts); n == 0 || firsts[n-1].Call != r.Call {
			firsts = append(firsts, r)
		}
		lines = append(lines, teller.Record(r)...)
		lines = lines[max(0, len(lines)-linesMost):]
		return nil
	})
	if errors.Is(err, journal.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	for _, first := range firsts {
		tries, err := c.tries.Tries(ctx, first.Stream, first.Call, first.Time)
		if err != nil {
			return nil, err
		}
		for _, t := range tries {
			lines = append(lines, Try(t))
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.At.Compare(b.At) })
	return lines[max(0, len(lines)-linesMost):], nil
}

// shortest is how much of an identifier has to be given.
const shortest = 4

func (c *Chronicle) find(ctx context.Context, id string) (call.Key, error) {
	if named, ok := call.ServerCall(id); ok {
		return named.Key(), nil
	}
	if key := call.ID(id).Key(); key != "" { // a connection's too
		return key, nil
	}
	begin := strings.ToLower(strings.ReplaceAll(id, "-", ""))
	if len(begin) < shortest {
		return "", fmt.Errorf("%w: %q is too short for an identifier", ErrUnknown, id)
	}
	heads, err := c.journal.Heads(ctx)
	if err != nil {
		return "", err
	}
	var found call.Key
	for _, h := range heads {
		switch {
		case !strings.HasPrefix(string(h.Key), begin):
		case found != "":
			return "", fmt.Errorf("%w: %s", ErrAmbiguous, id)
		default:
			found = h.Key
		}
	}
	if found == "" {
		return "", fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	return found, nil
}

// Summary is a call in a list.
type Summary struct {
	Call         call.ID
	Phase        call.Phase
	Began        time.Time // of the oldest record that is kept
	Last         time.Time // when its last step was
	Participants []string
	Connections  []string
	Recorded     bool // it is being recorded
	Finishing    int  // recordings that are over and whose files are awaited, also by a call that has ended
}

// listMost bounds a list.
const listMost = 100

// List are the calls that live or await a recording's file, or with ended the others:
// the last to have moved first. more is how many there are beside.
func (c *Chronicle) List(ctx context.Context, ended bool) (all []Summary, more int, err error) {
	heads, err := c.journal.Heads(ctx)
	if err != nil {
		return nil, 0, err
	}
	heads = slices.DeleteFunc(heads, func(h journal.Head) bool { return h.Ended != ended })
	slices.SortFunc(heads, func(a, b journal.Head) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Key, b.Key)) })
	more = max(0, len(heads)-listMost)
	for _, h := range heads[:len(heads)-more] {
		summary, err := c.summary(ctx, h)
		if errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrUnreadable) {
			continue // forgotten meanwhile, or of another version
		}
		if err != nil {
			return nil, 0, err
		}
		all = append(all, summary)
	}
	return all, more, nil
}

var errEnough = errors.New("enough")

func (c *Chronicle) summary(ctx context.Context, h journal.Head) (Summary, error) {
	state, _, err := c.journal.Load(ctx, h.Key)
	if err != nil {
		return Summary{}, err
	}
	of := Summary{Call: state.ID, Phase: state.Phase, Last: h.Time, Recorded: state.Recording != nil, Finishing: len(state.AwaitedFiles)}
	err = c.journal.Records(ctx, h.Key, func(r journal.Record) error {
		of.Began = r.Time
		return errEnough
	})
	if err != nil && !errors.Is(err, errEnough) {
		return Summary{}, err
	}
	for _, p := range state.Participants {
		of.Participants = append(of.Participants, plain(string(p.Address))+" "+string(p.State))
	}
	for _, conn := range state.Connections {
		of.Connections = append(of.Connections, string(conn.ID)+" "+string(conn.State))
	}
	return of, nil
}
