package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
	"strowger/internal/webhook"
)

const app = "https://app.example.com/events?secret=1"

func TestEventsOfAConnectionArriveInOrderAlsoWhenTriesFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		failed := map[string]bool{}
		var taken []string
		net.app(app, func(r request) answer {
			if !failed[r.text] { // every event fails once
				failed[r.text] = true
				return answer{status: 503}
			}
			taken = append(taken, r.text)
			return answer{status: 200}
		})
		s := newStory(t, j, 1, app)
		c := courier(webhook.Config{ResourceID: resource}, j, net)
		start(t, c)
		for _, text := range []string{"a", "b", "c"} {
			s.played(text)
		}
		must(t, c.Flush(t.Context()))
		expect(t, "taken", taken, []string{"a", "b", "c"})
		posts := net.to(app)
		expect(t, "tries", texts(posts), []string{"a", "a", "b", "b", "c", "c"})
		if posts[0].id != posts[1].id || posts[0].id == posts[2].id {
			t.Errorf("ids %v: the same at every try, another for each event", ids(posts))
		}
		if got := c.Counts().Callbacks; got != (webhook.Tally{Delivered: 3, Retried: 3}) {
			t.Errorf("counted %+v", got)
		}
	})
}

func TestAnOperationsOwnCallbackURIKeepsTheOrderOfTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const other = "https://other.example.com/"
		j, net := world()
		net.app(app, always(200))
		up := time.Now().Add(time.Minute)
		net.app(other, func(r request) answer {
			if r.at.Before(up) {
				return answer{status: 500}
			}
			return answer{status: 200}
		})
		s := newStory(t, j, 1, app)
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		elsewhere := s.to
		elsewhere.CallbackURI = other
		s.step(call.PlayCompleted{Recipient: elsewhere})
		s.played("after")
		must(t, c.Flush(t.Context()))
		if got := net.to(app); len(got) != 1 || got[0].at.Before(up) {
			t.Errorf("%v overtook the event before it", got)
		}
	})
}

func TestAHangingEndpointDelaysNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const dead = "https://dead.example.com/"
		j, net := world()
		net.app(dead, func(request) answer { return answer{hang: true} })
		net.app(app, always(200))
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		began := time.Now()
		for n := range 50 { // calls of one application hang, and of the other do not
			newStory(t, j, 2*n, dead).played("x")
			newStory(t, j, 2*n+1, app).played("y")
		}
		synctest.Wait()
		if got := len(net.to(app)); got != 50 || time.Since(began) != 0 {
			t.Errorf("%d of 50 events delivered after %v", got, time.Since(began))
		}
		time.Sleep(15 * time.Second) // past the time-out of a try, in the bubble's time
		if got := len(net.to(dead)); got != 100 {
			t.Errorf("%d tries at the endpoint that hangs, want two for each of 50 events", got)
		}
	})
}

func TestARefusedEventIsGivenUpAtOnce(t *testing.T) {
	for _, status := range []int{302, 400, 401, 405} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, net := world()
				net.app(app, func(r request) answer {
					if r.text == "bad" {
						return answer{status: status}
					}
					return answer{status: 204}
				})
				s := newStory(t, j, 1, app)
				c := courier(webhook.Config{}, j, net)
				start(t, c)
				s.played("bad")
				s.played("good")
				synctest.Wait()
				expect(t, "tries", texts(net.to(app)), []string{"bad", "good"})
				if got := c.Counts().Callbacks; got != (webhook.Tally{Delivered: 1, GivenUp: 1}) {
					t.Errorf("counted %+v", got)
				}
			})
		})
	}
}

func TestAnEndpointThatIsNotThereYetIsTriedForAMinute(t *testing.T) {
	for _, status := range []int{404, 410} {
		synctest.Test(t, func(t *testing.T) {
			j, net := world()
			up := time.Now().Add(40 * time.Second) // a deployment
			net.app(app, func(r request) answer {
				if r.text == "late" && r.at.After(up) {
					return answer{status: 200}
				}
				return answer{status: status}
			})
			s := newStory(t, j, 1, app)
			c := courier(webhook.Config{}, j, net)
			start(t, c)
			s.played("late")
			must(t, c.Flush(t.Context()))
			if got := c.Counts().Callbacks; got.Delivered != 1 || got.Retried == 0 {
				t.Errorf("%d: counted %+v", status, got)
			}
			net.forget()
			s.played("never")
			must(t, c.Flush(t.Context()))
			tries := net.to(app)
			life := tries[len(tries)-1].at.Sub(tries[0].at)
			if got := c.Counts().Callbacks.GivenUp; got != 1 || life != time.Minute {
				t.Errorf("%d: given up %d after %v", status, got, life)
			}
		})
	}
}

func TestAnEndpointThatKeepsFailingHasALineAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		j, net := world()
		c := courier(webhook.Config{GiveUpAfter: 10 * time.Minute, Log: slog.New(slog.NewTextHandler(&log, nil))}, j, net)
		stop := start(t, c)
		for n := range 20 { // calls of one application
			newStory(t, j, n, app).played("x")
		}
		time.Sleep(5*time.Minute + 30*time.Second)
		net.app(app, always(200))
		must(t, c.Flush(t.Context()))
		stop()
		failing := strings.Count(log.String(), "does not take an event")
		if failing < 5 || failing > 7 {
			t.Errorf("%d lines in five minutes and a half:\n%s", failing, log.String())
		}
		retried := c.Counts().Callbacks.Retried
		if again := "the endpoint takes events again"; strings.Count(log.String(), again) != 1 ||
			!strings.Contains(log.String(), fmt.Sprintf("tries_failed=%d events_given_up=0", retried)) {
			t.Errorf("%d tries failed, and the log says\n%s", retried, log.String())
		}
	})
}

func TestAnUnreachableEndpointIsGivenUpAfterTheTimeSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		s := newStory(t, j, 1, app) // nobody listens
		c := courier(webhook.Config{GiveUpAfter: 5 * time.Minute}, j, net)
		start(t, c)
		s.played("x")
		must(t, c.Flush(t.Context()))
		tries := net.to(app)
		first, last := tries[0].at, tries[len(tries)-1].at
		if life := last.Sub(first); life < 4*time.Minute || life > 5*time.Minute {
			t.Errorf("%d tries in %v", len(tries), life)
		}
		if got := c.Counts().Callbacks; got.GivenUp != 1 || got.Delivered != 0 {
			t.Errorf("counted %+v", got)
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for name, after := range map[string]func() string{
		"seconds": func() string { return "100" },
		"date":    func() string { return time.Now().Add(100 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, net := world()
				busy := true
				net.app(app, func(request) answer {
					if !busy {
						return answer{status: 200}
					}
					busy = false
					return answer{status: 429, header: http.Header{"Retry-After": {after()}}}
				})
				s := newStory(t, j, 1, app)
				c := courier(webhook.Config{}, j, net)
				start(t, c)
				s.played("x")
				must(t, c.Flush(t.Context()))
				if p := net.to(app); len(p) != 2 || p[1].at.Sub(p[0].at) < 99*time.Second {
					t.Errorf("tries %v", p)
				}
			})
		})
	}
}

func TestTheNextRunSendsWhatWasNotDeliveredAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const dead = "https://dead.example.com/"
		j, net := world()
		net.app(app, always(200))
		c := courier(webhook.Config{}, j, net)
		stop := start(t, c)
		bad, good := newStory(t, j, 1, dead), newStory(t, j, 2, app)
		for range 20 {
			bad.played("lost")
			good.played("fine")
		}
		synctest.Wait()
		lost := net.to(dead)[0].id
		stop()
		good.played("while away")
		net.forget()

		net.app(dead, always(200)) // the application is repaired
		c = courier(webhook.Config{}, j, net)
		start(t, c)
		began := time.Now()
		must(t, c.Flush(t.Context()))
		expect(t, "to the good one", texts(net.to(app)), []string{"while away"})
		if again := net.to(dead); len(again) != 20 || again[0].id != lost {
			t.Errorf("to the repaired one: %v, want 20 of which the first is %s", ids(again), lost)
		}
		if time.Since(began) != 0 {
			t.Errorf("what was left over was sent after %v, not at once", time.Since(began))
		}
	})
}

// crashing is a journal whose user dies: nothing is noted from then on.
type crashing struct {
	*journal.Journal
	dead atomic.Bool
}

func (c *crashing) SaveCheckpoint(ctx context.Context, stream int, n journal.Checkpoint) error {
	if c.dead.Load() {
		return nil
	}
	return c.Journal.SaveCheckpoint(ctx, stream, n)
}

func TestAfterACrashOnlyTheLastSecondIsSentAgainWithTheSameIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, always(200))
		dying := &crashing{Journal: j}
		stop := start(t, courier(webhook.Config{}, dying, net))
		s := newStory(t, j, 1, app)
		for i := range 100 {
			s.played(fmt.Sprint(i))
		}
		time.Sleep(1100 * time.Millisecond) // past a checkpoint, in the bubble's time
		s.played("last second")
		synctest.Wait()
		sent := ids(net.to(app))
		dying.dead.Store(true)
		stop()
		net.forget()

		c := courier(webhook.Config{}, j, net)
		start(t, c)
		must(t, c.Flush(t.Context()))
		again := net.to(app)
		expect(t, "sent again", texts(again), []string{"last second"})
		expect(t, "with the id", ids(again), sent[100:])
	})
}

func TestAFullQueueGivesUpItsOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		s := newStory(t, j, 1, app)
		c := courier(webhook.Config{GiveUpAfter: 24 * time.Hour}, j, net)
		start(t, c)
		s.played("0")
		synctest.Wait() // it is being tried, and not among those that wait
		for i := 1; i <= 600; i++ {
			s.played(fmt.Sprint(i))
		}
		synctest.Wait()
		if got := c.Counts().Callbacks.Overflowed; got != 600-512 {
			t.Errorf("%d events given up", got)
		}
		net.app(app, always(200))
		must(t, c.Flush(t.Context()))
		got := texts(net.to(app))
		got = slices.Compact(got)
		if len(got) != 513 || got[0] != "0" || got[1] != fmt.Sprint(600-511) || got[512] != "600" {
			t.Errorf("%d texts delivered, %s, %s … %s", len(got), got[0], got[1], got[len(got)-1])
		}
	})
}

func TestTooManyWaitingEventsOfAStreamGiveUpTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls, each, room = 17, 500, 8192
		j := journal.Over(journaltest.NewStore(1), "", slog.New(slog.DiscardHandler))
		net := newInternet()
		c := courier(webhook.Config{GiveUpAfter: 24 * time.Hour}, j, net)
		start(t, c)
		var stories []*story
		for n := range calls {
			stories = append(stories, newStory(t, j, n, app))
		}
		for i := range each {
			for n, s := range stories {
				s.played(fmt.Sprint(n, "/", i))
			}
		}
		synctest.Wait()
		if got := c.Counts(); got.Waiting != room || got.Callbacks.Overflowed != calls*each-room {
			t.Errorf("%d wait and %d were given up", got.Waiting, got.Callbacks.Overflowed)
		}
		net.forget()
		net.app(app, always(200))
		must(t, c.Flush(t.Context()))
		if got := c.Counts(); got.Waiting != 0 || got.Callbacks.Delivered != room {
			t.Errorf("at last %+v", got)
		}
		for _, p := range net.to(app) {
			if p.text == "0/0" {
				t.Error("the oldest was sent all the same")
			}
		}
	})
}

func TestAnEventWhoseAddressIsNoneIsGivenUpAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		newStory(t, j, 1, "not a url\x7f").played("x")
		synctest.Wait()
		if got := c.Counts().Callbacks; got.GivenUp != 1 {
			t.Errorf("counted %+v", got)
		}
	})
}

func TestAnEventWaitsForTheAnswerThatIsBeingWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, always(200))
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		s := newStory(t, j, 1, app)
		key := s.state.ID.Key()
		release := c.Hold(key)
		s.played("x")
		newStory(t, j, 2, app).played("of another call")
		synctest.Wait()
		expect(t, "sent while the answer is written", texts(net.to(app)), []string{"of another call"})

		later := c.Hold(key) // the next command does not hold back the event
		defer later()
		release()
		release()
		synctest.Wait()
		expect(t, "sent after", texts(net.to(app)), []string{"of another call", "x"})
	})
}

func TestFlushEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		newStory(t, j, 1, app).played("nobody listens")
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := c.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNothingFollowsTheEventThatEndsAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, always(200))
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		s := newStory(t, j, 1, app)
		s.to.Version = "2023-03-06" // which knows no CreateCallFailed
		cause := call.Cause{Reason: call.Busy}
		s.step(call.CreateCallFailed{Recipient: s.to, Cause: cause}, call.CallDisconnected{Recipient: s.to, Cause: cause})
		must(t, c.Flush(t.Context()))
		posts := net.to(app)
		if len(posts) != 1 || posts[0].kind != "Microsoft.Communication.CallDisconnected" {
			t.Errorf("sent %v", posts)
		}
	})
}
