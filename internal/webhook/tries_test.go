package webhook_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/journal"
	"strowger/internal/webhook"
)

// told is what is kept of a call, a line a try.
func told(t *testing.T, c *webhook.Courier, j *journal.Journal, s *story) (all []string) {
	t.Helper()
	must(t, j.Records(t.Context(), s.state.ID.Key(), func(r journal.Record) error {
		if all != nil {
			return nil
		}
		tries, err := c.Tries(t.Context(), r.Stream, s.state.ID, r.Time)
		for _, try := range tries {
			all = append(all, fmt.Sprintf("%s %d %d %s", try.Outcome, try.Number, try.Status, try.Host))
		}
		return err
	}))
	return all
}

func TestTriesAreKeptAndFoundAgainAlsoByTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		answers := []int{503, 0, 200, 401}
		net.app(app, func(request) answer {
			status := answers[0]
			answers = answers[1:]
			return answer{status: status, hang: status == 0}
		})
		var heard atomic.Int64
		c := courier(webhook.Config{Tried: func(webhook.Try) { heard.Add(1) }}, j, net)
		stop := start(t, c)
		s, other := newStory(t, j, 1, app), newStory(t, j, 2, "nowhere")
		other.played("x")
		s.played("a")
		s.played("b")
		must(t, c.Flush(t.Context()))
		want := []string{
			"failed 1 503 app.example.com", "failed 2 0 app.example.com", "taken 3 200 app.example.com",
			"failed 1 401 app.example.com", "given up 1 0 app.example.com",
		}
		expect(t, "kept", told(t, c, j, s), want)
		time.Sleep(3 * time.Second) // of the bubble's time: they are written
		expect(t, "kept and written", told(t, c, j, s), want)
		stop()
		again := courier(webhook.Config{}, j, net)
		expect(t, "found by the next run", told(t, again, j, s), want)
		if n := heard.Load(); n != int64(len(want)+2) {
			t.Errorf("%d tries were told as they came", n)
		}
	})
}

func TestWhatCannotBeKeptIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, always(200))
		full := &full{Journal: j}
		c := courier(webhook.Config{}, full, net)
		start(t, c)
		s := newStory(t, j, 1, app)
		for range 12 {
			for range 500 {
				s.played("x")
			}
			must(t, c.Flush(t.Context()))
		}
		if n := len(told(t, c, j, s)); n != 4096 {
			t.Errorf("%d tries wait for a journal that is full", n)
		}
		if got := c.Counts().Callbacks.Delivered; got != 6000 {
			t.Errorf("%d events were delivered", got)
		}
	})
}

// full is a journal that has no room for what nothing depends on.
type full struct{ *journal.Journal }

func (*full) Jot(context.Context, int, []byte) error { return journal.ErrFull }
