package webhook_test

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
)

// foreign is a family with one event and a form of its own.
func foreign(rendered *int) webhook.Family {
	return webhook.Family{Versions: []string{"2031-01-01"}, Render: func(r journal.Record, i int) (webhook.Message, bool, error) {
		*rendered++
		e, ok := r.Events[i].(call.PlayCompleted)
		if !ok {
			return webhook.Message{}, false, nil
		}
		body, err := json.Marshal([]map[string]any{{"id": r.EventID(i), "type": "foreign.Played", "data": map[string]string{"operationContext": e.Context}}})
		return webhook.Message{Type: "foreign.Played", Body: body}, true, err
	}}
}

// Two applications in one call, each of its own generation of the API.
func TestAnEventIsToldInTheFormOfItsConnectionsFamily(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const other = "https://other.example.com/"
		j, net := world()
		net.app(app, always(200))
		failed := false
		net.app(other, func(request) answer {
			if !failed {
				failed = true
				return answer{status: 503}
			}
			return answer{status: 200}
		})
		rendered := 0
		c := courier(webhook.Config{Families: []webhook.Family{foreign(&rendered)}}, j, net)
		start(t, c)
		s := newStory(t, j, 1, app)
		guest := s.to
		guest.CallbackURI, guest.Version, guest.Connection = other, "2031-01-01", "guest"
		played := guest
		played.Context = "guest's"
		s.step(s.playCompleted("ours"), call.PlayStarted{Recipient: guest}, call.PlayCompleted{Recipient: played})
		must(t, c.Flush(t.Context()))
		for url, want := range map[string][]string{app: {"Microsoft.Communication.PlayCompleted"}, other: {"foreign.Played", "foreign.Played"}} {
			var got []string
			for _, p := range net.to(url) {
				got = append(got, p.kind)
			}
			expect(t, "told at "+url, got, want)
		}
		expect(t, "with the context", texts(net.to(other)), []string{"guest's", "guest's"})
		if rendered != 2 {
			t.Errorf("two events were rendered %d times", rendered)
		}
	})
}

// Whoever commands a call without a connection in it is told at the URI that the
// command named, or not at all; other calls do not wait for it.
func TestWhoCommandsOutOfCallIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, func(r request) answer { return answer{status: 200, hang: r.text == "hangs"} })
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		for n, text := range []string{"hangs", "of another call"} {
			s := newStory(t, j, n, "")
			s.to.Connection = ""
			s.played("to nobody")
			s.to.CallbackURI = app
			s.played(text)
		}
		synctest.Wait()
		got := texts(net.to(app))
		slices.Sort(got)
		expect(t, "told", got, []string{"hangs", "of another call"})
	})
}

// Commands that were given out of call wait for each other by the URI that they
// named: one that hangs delays neither another URI of the call nor a connection.
func TestURIsThatWereNamedOutOfCallDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const other = "https://other.example.com/"
		j, net := world()
		net.app(app, func(request) answer { return answer{hang: true} })
		net.app(other, always(200))
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		s := newStory(t, j, 1, other)
		s.played("of the connection")
		s.to.Connection, s.to.CallbackURI = "", app
		s.played("hangs")
		s.to.CallbackURI = other
		s.played("first")
		s.played("second")
		synctest.Wait()
		got := texts(net.to(other))
		expect(t, "told out of call", slices.DeleteFunc(slices.Clone(got), func(text string) bool { return text == "of the connection" }), []string{"first", "second"})
		expect(t, "told to the connection", slices.DeleteFunc(got, func(text string) bool { return text != "of the connection" }), []string{"of the connection"})
	})
}

// A connection without a callback URI is told nothing, and no try fails for it.
func TestWithoutACallbackURINobodyIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		s := newStory(t, j, 1, "")
		s.played("to nobody")
		must(t, c.Flush(t.Context()))
		if got := c.Counts().Callbacks; got != (webhook.Tally{}) {
			t.Errorf("counted %+v", got)
		}
	})
}

func TestAnEventOfAVersionThatNoFamilyHasIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, always(200))
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		s := newStory(t, j, 1, app)
		unknown := s.to
		unknown.Version = "2031-01-01"
		s.step(call.PlayCompleted{Recipient: unknown})
		s.played("after")
		must(t, c.Flush(t.Context()))
		expect(t, "sent", texts(net.to(app)), []string{"after"})
	})
}

func TestTwoFamiliesMayNotClaimOneVersion(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("they may")
		}
	}()
	j, net := world()
	n := 0
	courier(webhook.Config{Families: []webhook.Family{foreign(&n), foreign(&n)}}, j, net)
}

// A record whose events are being put in their form is read and not settled:
// whoever waits, or saves a checkpoint, must not take it for done.
func TestWhatIsBeingRenderedIsNotSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, always(200))
		slow, release := foreign(new(int)), make(chan struct{})
		render := slow.Render
		slow.Render = func(r journal.Record, i int) (webhook.Message, bool, error) {
			<-release
			return render(r, i)
		}
		c := courier(webhook.Config{Families: []webhook.Family{slow}}, j, net)
		start(t, c)
		s := newStory(t, j, 1, app)
		s.to.Version = "2031-01-01"
		s.played("slowly")
		flushed := make(chan error, 1)
		go func() { flushed <- c.Flush(t.Context()) }()
		synctest.Wait()
		select {
		case <-flushed:
			close(release)
			t.Fatal("Flush returned before the event was sent")
		default:
		}
		close(release)
		must(t, <-flushed)
		expect(t, "told", texts(net.to(app)), []string{"slowly"})
	})
}
