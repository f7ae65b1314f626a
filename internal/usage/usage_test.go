package usage_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
	"strowger/internal/usage"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func open(t testing.TB, j *journal.Journal) *usage.Book {
	t.Helper()
	b, err := usage.Open(context.Background(), usage.Config{Keep: 24 * time.Hour, MaxBytes: 1 << 20, Journal: j, Log: quiet()})
	must(t, err)
	return b
}

// run has a book enter what there is, and stops it as kill -9 does.
func run(t testing.TB, j *journal.Journal) *usage.Book {
	t.Helper()
	b := open(t, j)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- b.Run(ctx) }()
	synctest.Wait()
	stop()
	must(t, <-done)
	return b
}

func all(t testing.TB, b *usage.Book, f usage.Filter) (records []usage.Record) {
	t.Helper()
	must(t, b.Read(context.Background(), f, func(r usage.Record) error {
		records = append(records, r)
		return nil
	}))
	return records
}

// caller is a call whose steps are stored.
type caller struct {
	t    testing.TB
	call *call.Call
	log  *journal.Log
	fast time.Duration // how much its clock is ahead of the store's
	used []call.Usage
}

func id(n byte) call.ID { return call.NewID([16]byte{n}) }

func begin(t testing.TB, j *journal.Journal, n byte) *caller {
	return &caller{t: t, call: call.New(id(n)), log: j.Begin(id(n).Key())}
}

func (c *caller) give(in call.Input) {
	c.t.Helper()
	out, err := c.call.Step(time.Now().Add(c.fast), in)
	if err != nil || !out.Changed {
		return // refused, or no news
	}
	must(c.t, c.log.Append(context.Background(), c.call.State(), out.Events, out.Usage...))
	c.used = append(c.used, out.Usage...)
}

func (c *caller) leg(n int) call.LegID { return call.NewLegID(c.call.State().ID, n) }

func (c *caller) connection() call.ConnectionID {
	conn, err := call.NewConnectionID(c.call.State().ID.Key(), [8]byte{1})
	must(c.t, err)
	return conn
}

// phoned is a call to a phone that was answered a second ago.
func phoned(t testing.TB, j *journal.Journal, n byte) *caller {
	c := begin(t, j, n)
	c.give(call.CreateCall{Call: id(n), Connection: c.connection(), Source: "8:acs:r_me", Targets: []call.Address{"4:+15550100"}})
	c.give(call.LegAnswered{Leg: c.leg(1), Trunk: "carrier", Dialog: call.Dialog{Transport: "udp", RemoteAddr: "192.0.2.1:5060", Media: call.Media{Codec: "PCMU"}}})
	time.Sleep(time.Second)
	return c
}

func (c *caller) hangUp() {
	c.give(call.LegEnded{Leg: c.leg(1), Cause: call.Cause{Reason: call.Completed, Q850: 16}})
}

func TestEachUsageIsEnteredOnceHoweverOftenTheProcessDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := journaltest.NewStore(2)
		j := journal.Over(store, "", quiet())
		for n := range byte(20) {
			phoned(t, j, n).hangUp()
			if n%3 == 0 {
				store.LoseAcknowledgements(1) // entered, and nobody was told
			}
			run(t, j)
		}
		seen := map[string]bool{}
		for _, r := range all(t, open(t, j), usage.Filter{}) {
			if seen[r.ID] {
				t.Errorf("%s is there twice", r.ID)
			}
			seen[r.ID] = true
		}
		if len(seen) != 40 {
			t.Errorf("%d records, want a leg and a seat of each of 20 calls", len(seen))
		}
	})
}

func TestTwoNodesEnterEachUsageOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		for range 2 {
			b := open(t, j)
			go func() { done <- b.Run(ctx) }()
		}
		for n := range byte(20) {
			phoned(t, j, n).hangUp()
		}
		time.Sleep(time.Minute)
		if n := len(all(t, open(t, j), usage.Filter{})); n != 40 {
			t.Errorf("%d records, want 40", n)
		}
		stop()
		must(t, errors.Join(<-done, <-done))
	})
}

// A power cut: the call ends again, and was counted.
func TestWhatEndsAgainAfterAPowerCutIsNotCountedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := journaltest.NewStore(1)
		j := journal.Over(store, "", quiet())
		c := phoned(t, j, 1)
		c.hangUp()
		run(t, j)
		store.CutOff(0, 1)
		time.Sleep(time.Minute)
		state, log, err := j.Load(t.Context(), id(1).Key())
		must(t, err)
		again := &caller{t: t, call: call.Restore(state), log: log}
		again.give(call.NodeRestarted{})
		if len(again.used) != 2 {
			t.Fatalf("the call did not end again: %+v", again.used)
		}
		phoned(t, j, 2).hangUp()
		if got := all(t, run(t, j), usage.Filter{}); len(got) != 4 || got[0].Cause != call.Completed {
			t.Errorf("entered %+v, want what was used first, and the other call", got)
		}
	})
}

func TestUsageWaitsWhileItCannotBeEntered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := journaltest.NewStore(1)
		j := journal.Over(store, "", quiet())
		phoned(t, j, 1).hangUp()
		store.Fail(journal.ErrNoSpace)
		b := open(t, j)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		time.Sleep(time.Minute)
		if got := all(t, b, usage.Filter{}); len(got) != 0 {
			t.Errorf("entered %v", got)
		}
		store.Fail(nil)
		time.Sleep(time.Minute)
		if got := all(t, b, usage.Filter{}); len(got) != 2 || b.Entered() != 2 {
			t.Errorf("entered %v", got)
		}
		stop()
		must(t, <-done)
	})
}

// Calls at random: what the ledger adds up to is what the journal does, by the
// states that it stored.
func TestTheSumsOfUsageAreThoseOfTheJournal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 11), 1, 30), 1, 5).Draw(rt, "calls")
		synctest.Test(t, func(t *testing.T) {
			j := journaltest.New()
			want := map[call.UsageKind]time.Duration{}
			for n, moves := range seed {
				play(t, j, byte(n), moves, want)
			}
			got := map[call.UsageKind]time.Duration{}
			for _, r := range all(t, run(t, j), usage.Filter{}) {
				got[r.Kind] += time.Duration(r.Seconds)
			}
			for _, kind := range []call.UsageKind{call.UsedPSTN, call.UsedVoIP, call.UsedApplication, call.UsedRecording} {
				if got[kind] != want[kind] {
					t.Errorf("%v: %s were used, the journal says %s", seed, kind, want[kind])
				}
			}
			if t.Failed() {
				t.Logf("used %v, want %v", got, want)
			}
		})
	})
}

// play takes a call through moves at random, and adds up what the states in the
// journal say was used meanwhile.
func play(t *testing.T, j *journal.Journal, n byte, moves []int, want map[call.UsageKind]time.Duration) {
	c := begin(t, j, n)
	c.give(call.CreateCall{Call: id(n), Connection: c.connection(), Source: "8:acs:r_me", Targets: []call.Address{"4:+15550100", "8:acs:r_a"}})
	var recorded time.Duration
	for i, m := range append(moves, -1) {
		state, _, err := j.Load(t.Context(), id(n).Key())
		must(t, err)
		lasts := time.Duration(i%5+1) * 700 * time.Millisecond
		time.Sleep(lasts)
		for _, p := range state.Participants {
			switch {
			case p.State != call.Joined || p.Seat != "":
			case p.Address.IsPhone():
				want[call.UsedPSTN] += lasts
			default:
				want[call.UsedVoIP] += lasts
			}
		}
		for _, conn := range state.Connections {
			if conn.State == call.Connected && state.Phase != call.Ended {
				want[call.UsedApplication] += lasts
			}
		}
		if r := state.Recording; r != nil && r.Active() {
			recorded += lasts
		}
		c.move(m, byte(i))
	}
	want[call.UsedRecording] += recorded
	// What was recorded is found out by whoever has recorded it: here that is this test.
	state, _, err := j.Load(t.Context(), id(n).Key())
	must(t, err)
	for _, f := range state.AwaitedFiles {
		c.give(call.RecordingFinished{Recording: f.ID, File: call.RecordedFile{Duration: c.recorded(recorded), Reason: call.Completed}})
	}
}

// recorded is what all recordings together have, but for what was told of.
func (c *caller) recorded(all time.Duration) time.Duration {
	for _, u := range c.used {
		if u.Kind == call.UsedRecording {
			all -= u.Length
		}
	}
	return max(0, all)
}

func (c *caller) move(m int, n byte) {
	someone := c.leg(int(n)%4 + 1)
	switch m {
	case 0, 1:
		c.give(call.LegAnswered{Leg: c.leg(m + 1)})
	case 2:
		c.give(call.AddParticipant{Connection: c.connection(), Participant: "4:+15550101"})
	case 3:
		c.give(call.LegAnswered{Leg: someone})
	case 4:
		c.give(call.LegEnded{Leg: someone, Cause: call.Cause{Reason: call.Completed}})
	case 5:
		c.give(call.RemoveParticipant{Connection: c.connection(), Participant: "8:acs:r_a"})
	case 6:
		c.give(call.ConnectCall{Connection: call.ConnectionID(string(c.connection())[:35] + string('a'+rune(n%6)))})
	case 7:
		c.give(call.HangUpCall{Connection: c.connection()})
	case 8:
		c.give(call.StartRecording{Connection: c.connection(), Spec: call.RecordingSpec{Format: call.WAV}})
		if r := c.call.State().Recording; r != nil {
			c.give(call.RecorderStarted{Recording: r.ID})
		}
	case 9, 10:
		if r := c.call.State().Recording; r != nil && m == 9 {
			c.give(call.PauseRecording{Recording: r.ID})
		} else if r != nil {
			c.give(call.ResumeRecording{Recording: r.ID})
		}
	case 11:
		c.give(call.AddParticipant{Connection: c.connection(), Participant: "8:acs:r_a"})
	default:
		c.give(call.NodeRestarted{})
	}
}

func ask(t *testing.T, b *usage.Book, query string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, usage.Path+query, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:4000", "127.0.0.1:8081"
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestUsageIsReadAsLinesAndAsATable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		phoned(t, j, 1).hangUp()
		b := run(t, j)
		_, lines := ask(t, b, "?kind=pstn")
		want := `{"position":"1.0","id":"01000000-0000-4000-8000-000000000000/1","call":"01000000-0000-4000-8000-000000000000","kind":"pstn",` +
			`"direction":"inbound","address":"4:+15550100","trunk":"carrier","endpoint":"udp:192.0.2.1:5060","codec":"PCMU",` +
			`"start":"2000-01-01T00:00:00Z","answer":"2000-01-01T00:00:00Z","end":"2000-01-01T00:00:01Z","seconds":1.000,"cause":"completed","q850":16}` + "\n"
		if lines != want {
			t.Errorf("lines\n%s\nwant\n%s", lines, want)
		}
		var r usage.Record
		must(t, json.Unmarshal([]byte(lines), &r))
		if r != all(t, b, usage.Filter{Kind: call.UsedPSTN})[0] {
			t.Errorf("%+v is read", r)
		}
		_, table := ask(t, b, "?format=csv")
		rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
		must(t, err)
		if len(rows) != 3 || strings.Join(rows[0], " ") != "position id call kind direction address trunk endpoint codec start answer end seconds cause sip q850 moved" ||
			rows[1][12] != "1.000" || rows[2][3] != "application" {
			t.Errorf("table %q", rows)
		}
		if code, body := ask(t, b, "?format=csv&kind=recording"); code != 200 || strings.Count(body, "\n") != 1 {
			t.Errorf("a table of nothing is %d %q", code, body)
		}
	})
}

func TestUsageIsReadInPagesByTimeAndByCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		began := time.Now()
		for n := range byte(6) {
			phoned(t, j, n).hangUp()
			time.Sleep(time.Hour)
			run(t, j)
		}
		b := open(t, j)
		var paged []string
		for query := "?limit=5"; ; {
			_, body := ask(t, b, query)
			if body == "" {
				break
			}
			in := json.NewDecoder(strings.NewReader(body))
			var r usage.Record
			for {
				if err := in.Decode(&r); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				paged = append(paged, r.ID)
			}
			query = "?limit=5&after=" + r.Position.String()
		}
		var whole []string
		for _, r := range all(t, b, usage.Filter{}) {
			whole = append(whole, r.ID)
		}
		if strings.Join(paged, " ") != strings.Join(whole, " ") || len(whole) != 12 {
			t.Errorf("paged %v, whole %v", paged, whole)
		}
		at := func(hours int) string {
			return began.Add(time.Duration(hours)*time.Hour + 30*time.Minute).Format(time.RFC3339)
		}
		for query, want := range map[string]int{
			"?since=" + at(2): 6, "?until=" + at(2): 6, "?since=" + at(1) + "&until=" + at(3): 4, "?call=" + string(id(3)): 2,
			"?call=" + string(id(3).ServerCallID()): 2, "?call=" + string(id(9)): 0,
		} {
			if code, body := ask(t, b, query); code != 200 || strings.Count(body, "\n") != want {
				t.Errorf("%s: %d\n%s\nwant %d", query, code, body, want)
			}
		}
	})
}

// NATS has a clock of its own, and clocks are put right: who bills by the day finds each
// record in the day in which it ended.
func TestUsageIsFoundByItsEndWhateverTheClockOfTheStoreSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		c := phoned(t, j, 1)
		c.fast = time.Hour
		c.hangUp()
		b, midnight := run(t, j), time.Now().Add(30*time.Minute)
		if got := all(t, b, usage.Filter{Until: midnight}); len(got) != 0 {
			t.Errorf("%+v ended before midnight", got)
		}
		if got := all(t, b, usage.Filter{Since: midnight}); len(got) != 2 {
			t.Errorf("%+v ended since midnight, want a leg and a seat", got)
		}
	})
}

// slowStore takes a second for each entry that it hands out.
type slowStore struct{ *journaltest.Store }

type slowLedger struct{ journal.Ledger }

func (s slowStore) Ledger(ctx context.Context, b journal.LedgerBounds) (journal.Ledger, error) {
	l, err := s.Store.Ledger(ctx, b)
	return slowLedger{l}, err
}

func (l slowLedger) Read(ctx context.Context, from uint64, since time.Time, f func(journal.LedgerEntry) error) error {
	return l.Ledger.Read(ctx, from, since, func(e journal.LedgerEntry) error {
		time.Sleep(time.Second)
		return f(e)
	})
}

// timedWriter is a connection with a deadline for what is written to it.
type timedWriter struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

func (w *timedWriter) SetWriteDeadline(t time.Time) error {
	w.deadline = t
	return nil
}

func (w *timedWriter) Write(b []byte) (int, error) {
	if time.Now().After(w.deadline) {
		return 0, os.ErrDeadlineExceeded
	}
	return w.ResponseRecorder.Write(b)
}

// Whoever asks for one call waits long for its next record or the end, and is not given up.
func TestWhoeverWaitsForTheStoreIsNotCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journal.Over(slowStore{journaltest.NewStore(1)}, "", quiet())
		for n := range byte(100) {
			phoned(t, j, n).hangUp()
		}
		b := run(t, j)
		for _, query := range []string{"", "?format=csv", "?call=" + string(id(1))} {
			w := &timedWriter{ResponseRecorder: httptest.NewRecorder()}
			r := httptest.NewRequest(http.MethodGet, usage.Path+query, nil)
			r.RemoteAddr, r.Host = "127.0.0.1:4000", "127.0.0.1:8081"
			b.Handler().ServeHTTP(w, r)
			if left := time.Until(w.deadline); w.Body.Len() == 0 || left < 20*time.Second {
				t.Errorf("%q: %d bytes, and %s left to send the last of them", query, w.Body.Len(), left)
			}
		}
	})
}

func TestWhatCannotBeAskedIsSaid(t *testing.T) {
	b := open(t, journaltest.New())
	for _, query := range []string{"?since=yesterday", "?until=1", "?call=x", "?after=1", "?limit=0", "?kind=fax", "?format=xml"} {
		name, _, _ := strings.Cut(query[1:], "=")
		if code, body := ask(t, b, query); code != 400 || !strings.Contains(body, name) {
			t.Errorf("%s: %d %s", query, code, body)
		}
	}
}

func TestAPulseTellsTheNextProcessWhenThisOneLived(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alive")
	p := usage.NewPulse(file, quiet())
	if at, err := p.Last(); err != nil || !at.IsZero() {
		t.Errorf("before the first: %s, %v", at, err)
	}
	began := time.Now().Add(-time.Second)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	must(t, p.Run(ctx))
	if at, err := p.Last(); err != nil || at.Before(began) {
		t.Errorf("it lived at %s, %v", at, err)
	}
	must(t, os.Chtimes(file, began, began))
	if at, _ := usage.NewPulse(file, quiet()).Last(); !at.Equal(began) {
		t.Errorf("it lived at %s, want %s", at, began)
	}
}
