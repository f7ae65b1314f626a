package chronicle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/chronicle"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
	"strowger/internal/webhook"
)

// tries are what was tried of one call.
type tries []webhook.Try

func (t tries) Tries(_ context.Context, _ int, id call.ID, since time.Time) (found []webhook.Try, _ error) {
	for _, try := range t {
		if try.Call == id && !try.At.Before(since) {
			found = append(found, try)
		}
	}
	return found, nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func id(n byte) call.ID { return call.NewID([16]byte{0xab, 0xcd, n}) }

func connection(n byte) call.ConnectionID {
	c, err := call.NewConnectionID(id(n).Key(), [8]byte{7})
	if err != nil {
		panic(err)
	}
	return c
}

// live is a call that was created, rings, was answered, and refused a command.
type live struct {
	t          *testing.T
	log        *journal.Log
	state      call.State
	connection call.ConnectionID
}

func begin(t *testing.T, j *journal.Journal, n byte) *live {
	t.Helper()
	c := &live{t: t, log: j.Begin(id(n).Key()), state: call.State{ID: id(n), Phase: call.Forming}, connection: connection(n)}
	leg := call.NewLegID(id(n), 1)
	c.state.Connections = []call.Connection{{ID: connection(n), State: call.Connecting}}
	c.state.Participants = []call.Participant{{Leg: leg, Address: "4:+15550100", State: call.Invited}}
	c.step(call.CreateCall{Targets: []call.Address{"4:+15550100"}, App: call.Application{CallbackURI: "http://app.example/events?secret"}},
		call.Answer{Connection: &call.Properties{Connection: connection(n)}})
	c.step(call.LegRinging{Leg: leg}, call.Answer{})
	time.Sleep(3 * time.Second)
	c.step(call.LegAnswered{Leg: leg}, call.Answer{}, call.CallConnected{Recipient: call.Recipient{Connection: connection(n), Context: "x"}})
	c.log.Noted(call.Play{Sources: []call.PlaySource{{File: "https://files.example/a.wav?sig=secret"}}}, call.Answer{}, errors.New("The call is busy."))
	return c
}

func (c *live) step(in call.Input, a call.Answer, events ...call.Event) {
	c.t.Helper()
	c.state.Step++
	c.log.Noted(in, a, nil)
	must(c.t, c.log.Append(c.t.Context(), c.state, events))
}

func (c *live) end() {
	c.t.Helper()
	time.Sleep(2 * time.Minute)
	cause := call.Cause{Reason: call.Completed, SIPStatus: 0, Q850: 16}
	c.state.Phase = call.Ended
	c.step(call.LegEnded{Leg: call.NewLegID(c.state.ID, 1), Cause: cause}, call.Answer{},
		call.CallDisconnected{Recipient: call.Recipient{Connection: c.connection}, Cause: cause})
}

func texts(lines []chronicle.Line) string {
	var all strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&all, "%s: %s\n", l.Kind, l.Text)
	}
	return all.String()
}

func TestACallIsToldToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		c := begin(t, j, 1)
		tried := tries{
			{Call: id(1), Type: "CallConnected", Host: "app.example", At: time.Now(), Took: 5 * time.Millisecond, Number: 1, Status: 503, Outcome: webhook.Failed, Why: "it is ill"},
			{Call: id(1), Type: "CallConnected", Host: "app.example", At: time.Now().Add(time.Second), Took: 2 * time.Millisecond, Number: 2, Status: 200, Outcome: webhook.Taken},
			{Call: id(1), Type: "CallDisconnected", Host: "app.example", At: time.Now().Add(time.Hour), Number: 7, Outcome: webhook.GivenUp, Why: "it is ill"},
			{Call: id(2), Type: "of another call", At: time.Now(), Outcome: webhook.Taken},
		}
		c.end()
		book := chronicle.New(j, tried)
		lines, err := book.Of(t.Context(), string(id(1)))
		must(t, err)
		want := `command: create call targets=+15550100: accepted, connection=` + string(connection(1)) + `
leg: +15550100 rings
leg: +15550100 is in the call after 3.0 s
event: CallConnected context=x
refused: play sources=https://files.example/a.wav: The call is busy.
webhook: CallConnected to app.example was not taken in 5 ms at try 1: it is ill
webhook: CallConnected to app.example was taken in 2 ms (200) at try 2
leg: +15550100 left after 2m0s: completed (Q.850 16)
event: CallDisconnected cause=completed (Q.850 16)
over: the call is over after 2m3s
webhook: CallDisconnected to app.example was given up after 7 tries: it is ill
`
		if got := texts(lines); got != want {
			t.Errorf("told\n%s\nwant\n%s", got, want)
		}
	})
}

func TestACallIsFoundByAnyOfItsNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		begin(t, j, 1)
		begin(t, j, 2)
		book := chronicle.New(j, tries{})
		for _, name := range []string{string(id(1)), string(connection(1)), id(1).ServerCallID(), string(id(1))[:8], strings.ToUpper(string(id(1))[:12])} {
			lines, err := book.Of(t.Context(), name)
			if err != nil || len(lines) == 0 || lines[0].Call != id(1) {
				t.Errorf("%s: %v, %v", name, lines, err)
			}
		}
		for name, want := range map[string]error{
			"abcd": chronicle.ErrAmbiguous, "abc": chronicle.ErrUnknown, "": chronicle.ErrUnknown, "ffff": chronicle.ErrUnknown, string(id(3)): chronicle.ErrUnknown,
		} {
			if _, err := book.Of(t.Context(), name); !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", name, err, want)
			}
		}
	})
}

func TestCallsAreListedTheLastToMoveFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		for n := range 4 {
			c := begin(t, j, byte(n))
			if n == 0 {
				c.end()
			}
		}
		book := chronicle.New(j, tries{})
		all, more, err := book.List(t.Context(), false)
		must(t, err)
		if more != 0 || len(all) != 3 || all[0].Call != id(3) || all[2].Call != id(1) || all[0].Participants[0] != "+15550100 invited" ||
			all[0].Last.Sub(all[0].Began) != 3*time.Second {
			t.Errorf("%d more than %+v", more, all)
		}
		ended, _, err := book.List(t.Context(), true)
		must(t, err)
		if len(ended) != 1 || ended[0].Call != id(0) || ended[0].Phase != call.Ended {
			t.Errorf("ended %+v", ended)
		}
	})
}

// A call that has ended is not over for those who want its recording.
func TestRecordingsAreToldToTheirEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journaltest.New()
		c := begin(t, j, 1)
		recording := call.NewRecordingID(id(1), 1)
		spec := call.RecordingSpec{Format: call.WAV}
		c.state.Recording = &call.Recording{ID: recording, Spec: spec}
		c.step(call.StartRecording{Connection: c.connection, Spec: spec}, call.Answer{Recording: &call.RecordingStatus{ID: recording, Active: true}})
		c.step(call.RecorderStarted{Recording: recording}, call.Answer{}, call.RecordingStateChanged{Recording: recording, Active: true})
		c.step(call.RecorderFailed{Recording: recording, Reason: call.NoSpace, Detail: "make room"}, call.Answer{})
		c.step(call.RecordingFinished{Recording: recording}, call.Answer{})
		book := chronicle.New(j, tries{})
		all, _, err := book.List(t.Context(), false)
		must(t, err)
		if len(all) != 1 || !all[0].Recorded || all[0].Finishing != 0 {
			t.Errorf("listed %+v", all)
		}

		c.state.Recording, c.state.AwaitedFiles = nil, []call.AwaitedFile{{ID: recording, Spec: spec}}
		c.state.Phase = call.Ended
		c.step(call.LegEnded{Leg: call.NewLegID(id(1), 1)}, call.Answer{}, call.CallEnded{})
		if all, _, err = book.List(t.Context(), false); err != nil || len(all) != 1 || all[0].Phase != call.Ended || all[0].Finishing != 1 {
			t.Errorf("listed %+v, %v", all, err)
		}
		time.Sleep(time.Minute)
		c.state.AwaitedFiles = nil
		file := call.RecordedFile{Chunks: []call.RecordedChunk{{Document: "the-document"}}, Duration: 200 * time.Second}
		c.step(call.RecordingFinished{Recording: recording, File: file}, call.Answer{}, call.RecordingFileReady{Recording: recording, File: file})
		lines, err := book.Of(t.Context(), string(id(1)))
		must(t, err)
		want := `command: start recording format=wav: accepted, recording=` + string(recording) + `
sound: recording started
event: RecordingStateChanged: active
sound: recording failed: no-space, make room
sound: recording over: nothing was recorded
leg: +15550100 left after 0 ms
event: CallEnded
over: the call is over after 3.0 s; its recording is being finished
inner: recording finished recording=` + string(recording) + ` chunks=the-document duration=3m20s
event: recording ready: 3m20s, strowger recordings get the-document
`
		if got := texts(lines); !strings.HasSuffix(got, want) {
			t.Errorf("told\n%s\nwant at the end\n%s", got, want)
		}
	})
}

func TestAListIsBounded(t *testing.T) {
	j := journaltest.New()
	for n := range 103 {
		state := call.State{ID: id(byte(n)), Step: 1, Phase: call.Established}
		must(t, j.Begin(state.ID.Key()).Append(t.Context(), state, nil))
	}
	all, more, err := chronicle.New(j, tries{}).List(t.Context(), false)
	if err != nil || len(all) != 100 || more != 3 {
		t.Errorf("%d and %d more, %v", len(all), more, err)
	}
}

func TestOnlyThisMachineIsToldOfCalls(t *testing.T) {
	j := journaltest.New()
	state := call.State{ID: id(1), Step: 1, Phase: call.Established}
	must(t, j.Begin(state.ID.Key()).Append(t.Context(), state, nil))
	handler := chronicle.New(j, tries{}).Handler()
	for _, c := range []struct {
		path, from, host string
		status           int
	}{
		{"/calls", "127.0.0.1:4000", "127.0.0.1:8081", 200},
		{"/calls", "[::1]:4000", "localhost:8081", 200},
		{"/calls/" + string(id(1)), "127.0.0.1:4000", "[::1]:8081", 200},
		{"/calls/unknown", "127.0.0.1:4000", "localhost", 404},
		{"/calls", "192.0.2.7:4000", "127.0.0.1:8081", 403},
		{"/calls", "127.0.0.1:4000", "attacker.example:8081", 403}, // its name has become 127.0.0.1
		{"/calls/" + string(id(1)), "192.0.2.7:4000", "localhost", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.RemoteAddr, r.Host = c.from, c.host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.status || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%+v: %d %s", c, w.Code, w.Body)
		}
	}
}

func TestAFollowerTellsWhatHappensFromItsBeginningOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journal.Over(journaltest.NewStore(2), "", slog.New(slog.DiscardHandler))
		before := begin(t, j, 1)
		var told []chronicle.Line
		f, err := chronicle.NewFollower(t.Context(), j, func(l chronicle.Line) { told = append(told, l) })
		must(t, err)
		before.end() // after it was made, before it runs
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = f.Run(ctx) })
		begin(t, j, 2).end()
		synctest.Wait()
		f.Tell(chronicle.Line{Text: "between"})
		cancel()
		running.Wait()
		got := texts(told)
		if strings.Count(got, "over: ") != 2 || strings.Count(got, "command: ") != 1 || !strings.HasSuffix(got, ": between\n") {
			t.Errorf("told\n%s", got)
		}
	})
}

// What callers and far ends write is quoted and stays where it is.
func TestNobodyWritesThemselvesIntoALine(t *testing.T) {
	j := journaltest.New()
	log := j.Begin(id(1).Key())
	log.Noted(call.LegArrived{From: "4:+15550100", FromName: "x to=4:+1666 who=4:+1777", To: "4:+14255550100"}, call.Answer{}, nil)
	must(t, log.Append(t.Context(), call.State{ID: id(1), Step: 1}, nil))
	log.Noted(call.LegFailed{Leg: call.NewLegID(id(1), 1), Cause: call.Cause{Reason: call.Busy, SIPStatus: 486, SIPPhrase: "no who=4:+1777"}}, call.Answer{}, nil)
	must(t, log.Append(t.Context(), call.State{ID: id(1), Step: 2}, nil))
	lines, err := chronicle.New(j, tries{}).Of(t.Context(), string(id(1)))
	must(t, err)
	got := texts(lines)
	if !strings.HasPrefix(got, "leg: +15550100 calls +14255550100\nleg: leg 1 was not reached") || !strings.Contains(got, ": busy (SIP 486 no who=+1777)\n") {
		t.Errorf("told\n%s", got)
	}
}

// A call that has ended and waits for nothing but another call's decision has no
// recording to be finished.
func TestACallThatHasEndedAsSomebodyMovesIsOver(t *testing.T) {
	j := journaltest.New()
	log := j.Begin(id(1).Key())
	leg := call.NewLegID(id(1), 1)
	state := call.State{ID: id(1), Step: 1, Phase: call.Ended, Offered: []call.Offered{{Leg: leg}}}
	must(t, log.Append(t.Context(), state, []call.Event{call.CallEnded{}}))
	lines, err := chronicle.New(j, tries{}).Of(t.Context(), string(id(1)))
	must(t, err)
	if got := texts(lines); !strings.HasSuffix(got, "over: the call is over after 0 ms\n") {
		t.Errorf("told\n%s", got)
	}
}

func TestAMoveIsToldOfThePersonThatMoves(t *testing.T) {
	j := journaltest.New()
	log := j.Begin(id(1).Key())
	leg, was := call.NewLegID(id(1), 1), call.NewLegID(id(2), 3)
	state := call.State{ID: id(1), Step: 1, Participants: []call.Participant{{Leg: leg, Address: "4:+15550100"}}}
	must(t, log.Append(t.Context(), state, nil))
	for _, in := range []call.Input{
		call.NotMoved{Leg: leg, Cause: call.Cause{Reason: call.NoAnswer}},
		call.TakeIn{Leg: leg, Was: was, Who: call.Moved{Address: "4:+15550100"}},
		call.Kept{Leg: leg},
		call.LegPutsThrough{Leg: leg, Other: was},
		call.NotPutThrough{Leg: leg, Cause: call.Cause{Reason: call.Busy}},
		call.TakePlace{Leg: leg, Was: was, Who: call.Moved{Address: "4:+15550101"}},
		call.NotTransferred{Leg: leg, There: was, Cause: call.Cause{Reason: call.Busy}},
		call.HandedOver{Leg: leg},
	} {
		state.Step++
		log.Noted(in, call.Answer{}, nil)
		must(t, log.Append(t.Context(), state, nil))
	}
	lines, err := chronicle.New(j, tries{}).Of(t.Context(), string(id(1)))
	must(t, err)
	var told []string
	for _, l := range lines {
		told = append(told, l.Text)
	}
	for i, want := range []string{
		"+15550100 does not come from the other call: no-answer",
		"+15550100 has come from another call",
		"+15550100 was not taken in by the other call",
		"+15550100 puts the others of its two calls through to each other",
		"+15550100 cannot put the others through: busy",
		"somebody from another call has come to talk in place of +15550100",
		"+15550100 stays: the target was not reached in the other call: busy",
		"+15550100 has moved to another call after ",
	} {
		if i >= len(told) || !strings.HasPrefix(told[i], want) {
			t.Errorf("told %q, want %q", told, want)
		}
	}
}
