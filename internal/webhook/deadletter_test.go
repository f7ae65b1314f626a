package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/webhook"
)

// letters are the dead letters, once they are stored.
func letters(t *testing.T, c *webhook.Courier) (all []webhook.DeadLetter) {
	t.Helper()
	must(t, c.DeadLetters(t.Context(), func(l webhook.DeadLetter) error {
		if l.Body != nil || l.URL != "" {
			t.Errorf("a list shows the body or the URL of %+v", l)
		}
		all = append(all, l)
		return nil
	}))
	return all
}

// stored is time for what was given up to be stored, of the bubble.
func stored() { time.Sleep(2500 * time.Millisecond) }

func TestWhatIsGivenUpIsADeadLetterThatIsSentAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(endpoint, down(400, time.Now().Add(time.Hour)))
		config := webhook.Config{Subscriptions: []webhook.Subscription{{Name: "ivr", URL: endpoint}}}
		c := courier(config, j, net)
		stop := start(t, c)
		happened := time.Now()
		s := newStory(t, j, 1, app) // where nobody listens
		s.step(call.CallStarted{}, s.playCompleted("x"))
		must(t, c.Flush(t.Context()))
		stored()
		all := letters(t, c)
		if len(all) != 2 {
			t.Fatalf("dead letters %+v", all)
		}
		grid, callback := all[0], all[1]
		if grid.Subscription != "ivr" || grid.Type != "Microsoft.Communication.CallStarted" || grid.Status != 400 || grid.Tries != 1 ||
			grid.Why != "the endpoint answered Bad Request" || !grid.Happened.Equal(happened) || !grid.GivenUp.Equal(happened) || grid.Host != "grid.example.com" || grid.Call != s.state.ID {
			t.Errorf("of Event Grid: %+v", grid)
		}
		if callback.Subscription != "" || callback.Connection != s.to.Connection || callback.Tries < 10 || callback.Status != 0 ||
			callback.GivenUp.Sub(callback.Happened) != 5*time.Minute || callback.ID == grid.ID {
			t.Errorf("of a connection: %+v", callback)
		}
		shown, err := c.DeadLetter(t.Context(), grid.ID[:6])
		if must(t, err); !strings.Contains(string(shown.Body), grid.Event) {
			t.Errorf("shown: %s", shown.Body)
		}
		stop()

		net.forget()
		time.Sleep(2 * time.Hour)
		net.app(app, always(200))
		c = courier(config, j, net)
		start(t, c)
		synctest.Wait()
		if n := c.Counts().Letters.Now; n != 2 {
			t.Errorf("after the restart there are %d", n)
		}
		for _, l := range all {
			sent, err := c.Resend(t.Context(), l.ID, "")
			if must(t, err); !sent.Taken || sent.Letter.Tries != l.Tries+1 {
				t.Errorf("sent again: %+v", sent)
			}
		}
		expect(t, "sent to the subscription", ids(net.to(endpoint))[1:], []string{grid.Event})
		expect(t, "sent to the application", ids(net.to(app)), []string{callback.Event})
		if left := letters(t, c); len(left) != 0 || c.Counts().Letters.Taken != 2 {
			t.Errorf("left: %+v, counted %+v", left, c.Counts().Letters)
		}
		if _, err := c.Resend(t.Context(), grid.ID, ""); !errors.Is(err, webhook.ErrNoLetter) {
			t.Errorf("sent once more: %v", err)
		}
	})
}

// givenUp has n events given up, one after the other, of as many calls.
func givenUp(t *testing.T, j *journal.Journal, net *internet, c *webhook.Courier, n int) {
	t.Helper()
	net.app(app, always(400))
	for i := range n {
		newStory(t, j, i, app).played(fmt.Sprint(i))
		must(t, c.Flush(t.Context()))
		time.Sleep(1500 * time.Millisecond)
	}
	stored()
}

func TestALetterThatIsNotTakenStaysWithWhatCameOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		givenUp(t, j, net, c, 1)
		was := letters(t, c)[0]
		net.app(app, always(503))
		sent, err := c.Resend(t.Context(), was.ID, "")
		if must(t, err); sent.Taken || sent.Final {
			t.Errorf("sent: %+v", sent)
		}
		now := letters(t, c)
		if len(now) != 1 || now[0].ID != was.ID || now[0].Tries != 2 || now[0].Status != 503 || !now[0].GivenUp.Equal(was.GivenUp) {
			t.Errorf("it is now %+v", now)
		}
		if _, err := c.Resend(t.Context(), was.ID, "ivr"); !errors.Is(err, webhook.ErrNoSubscription) {
			t.Errorf("a callback was sent to a subscription: %v", err)
		}
		if id, err := c.DeleteLetter(t.Context(), was.ID); err != nil || id != was.ID || len(letters(t, c)) != 0 {
			t.Errorf("deleted %q, %v", id, err)
		}
		if got := c.Counts().Letters; got.Deleted != 1 || got.Taken != 0 {
			t.Errorf("counted %+v", got)
		}
	})
}

// A letter has one hand on it at a time: it does not come back when it was deleted, and
// is not sent twice.
func TestALetterThatIsBeingSentIsNeitherSentNorDeletedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		c := courier(webhook.Config{}, j, net)
		start(t, c)
		givenUp(t, j, net, c, 1)
		id := letters(t, c)[0].ID
		net.forget()
		net.app(app, func(request) answer {
			time.Sleep(5 * time.Second) // of the bubble
			return answer{status: 500}
		})
		sent := make(chan error)
		go func() {
			_, err := c.Resend(t.Context(), id, "")
			sent <- err
		}()
		time.Sleep(time.Second)
		if _, err := c.Resend(t.Context(), id[:5], ""); !errors.Is(err, webhook.ErrBusyLetter) {
			t.Errorf("sent again meanwhile: %v", err)
		}
		if _, err := c.DeleteLetter(t.Context(), id); !errors.Is(err, webhook.ErrBusyLetter) {
			t.Errorf("deleted meanwhile: %v", err)
		}
		must(t, <-sent)
		if n := len(net.to(app)); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
		_, err := c.DeleteLetter(t.Context(), id)
		if must(t, err); len(letters(t, c)) != 0 {
			t.Error("it was deleted, and is there")
		}
	})
}

func TestALetterOfASubscriptionThatIsGoneIsSentToAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const moved = "https://moved.example.com/"
		j, net := world()
		net.app(endpoint, down(403, time.Now().Add(time.Hour)))
		c := courier(webhook.Config{Subscriptions: []webhook.Subscription{{URL: endpoint}}}, j, net)
		stop := start(t, c)
		newStory(t, j, 1, "").step(call.CallStarted{})
		must(t, c.Flush(t.Context()))
		stop()

		c = courier(webhook.Config{Subscriptions: []webhook.Subscription{{Name: "moved", URL: moved}}}, j, net)
		start(t, c)
		l := letters(t, c)[0]
		if _, err := c.Resend(t.Context(), l.ID, ""); !errors.Is(err, webhook.ErrNoSubscription) || !strings.Contains(err.Error(), l.Subscription) {
			t.Errorf("sent to what is gone: %v", err)
		}
		sent, err := c.Resend(t.Context(), l.ID, "moved")
		if must(t, err); sent.Taken || sent.Letter.Why != "the subscription is not validated" {
			t.Errorf("sent before the handshake: %+v", sent)
		}
		net.app(moved, subscriber)
		time.Sleep(5 * time.Second)
		if sent, err = c.Resend(t.Context(), l.ID, "moved"); err != nil || !sent.Taken {
			t.Errorf("sent %+v, %v", sent, err)
		}
	})
}

func TestDeadLettersAreBoundedAndTheOldestGo(t *testing.T) {
	for name, keep := range map[string]webhook.Keep{
		"by number": {Events: 3},
		"by bytes":  {Bytes: 3 * 1100},
		"by age":    {Age: 7 * time.Second}, // 4 seconds after the last, and one comes in 1.5
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				j, net := world()
				c := courier(webhook.Config{Keep: keep, Log: slog.New(slog.NewTextHandler(&log, nil))}, j, net)
				stop := start(t, c)
				givenUp(t, j, net, c, 10)
				got := c.Counts().Letters
				var context struct {
					Data struct{ OperationContext string }
				}
				for i, l := range letters(t, c) {
					shown, err := c.DeadLetter(t.Context(), l.ID)
					must(t, err)
					must(t, json.Unmarshal(bytes.Trim(shown.Body, "[]"), &context))
					if want := fmt.Sprint(10 - int(got.Now) + i); context.Data.OperationContext != want {
						t.Errorf("letter %d is of event %s, want %s", i, context.Data.OperationContext, want)
					}
				}
				if got.Now < 2 || got.Now > 4 || got.Dropped != 10-got.Now {
					t.Errorf("counted %+v", got)
				}
				stop()
				if !strings.Contains(log.String(), "not kept any more") {
					t.Errorf("the log says\n%s", log.String())
				}
			})
		})
	}
}

// fullShelf is a journal that has no room for dead letters.
type fullShelf struct {
	*journal.Journal
	full atomic.Bool
}

func (f *fullShelf) Shelve(ctx context.Context, all []journal.Shelved) error {
	if f.full.Load() {
		return journal.ErrFull
	}
	return f.Journal.Shelve(ctx, all)
}

// A checkpoint says that an event is settled; until its dead letter is stored it is not.
func TestAnEventThatWasGivenUpIsTriedAgainWhereItsLetterWasNotStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, always(400))
		dying := &fullShelf{Journal: j}
		dying.full.Store(true)
		c := courier(webhook.Config{}, dying, net)
		start(t, c)
		newStory(t, j, 1, app).played("x")
		must(t, c.Flush(t.Context()))
		stored()
		if n := len(letters(t, c)); n != 0 {
			t.Fatalf("%d letters on a shelf that is full", n)
		}
		next := courier(webhook.Config{}, j, net) // after a crash
		stop := start(t, next)
		must(t, next.Flush(t.Context()))
		stored()
		if n := len(letters(t, next)); n != 1 {
			t.Errorf("%d letters after the crash, want 1", n)
		}
		stop()
		dying.full.Store(false)
		stored()
		if n := len(letters(t, c)); n != 1 {
			t.Errorf("%d letters once there is room: the same one, stored twice", n)
		}
	})
}

func TestTheLogSaysAtTheStartThatDeadLettersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		j, net := world()
		c := courier(webhook.Config{}, j, net)
		stop := start(t, c)
		givenUp(t, j, net, c, 2)
		stop()
		stop = start(t, courier(webhook.Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, j, net))
		synctest.Wait()
		stop()
		if got := log.String(); !strings.Contains(got, "wait in the dead letter") || !strings.Contains(got, "events=2") || !strings.Contains(got, "`strowger events`") {
			t.Errorf("the log says\n%s", got)
		}
	})
}
