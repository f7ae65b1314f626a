package webhook_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/webhook"
)

// TestAnApplicationThatHangsLeavesRoomToOthersOfItsHost also when each of its
// calls has a path of its own, and when all of a host hangs.
func TestAnApplicationThatHangsLeavesRoomToOthersOfItsHost(t *testing.T) {
	const other, elsewhere = "https://shared.example.com/other/events", "https://app.example.org/"
	for name, c := range map[string]struct {
		hanging func(n int) string
		most    int64 // of 64
		others  []string
	}{
		"one URL":               {func(int) string { return "https://shared.example.com/app/events" }, 27, []string{other, elsewhere}},
		"a query for each call": {func(n int) string { return fmt.Sprintf("https://shared.example.com/app?call=%d", n) }, 36, []string{other, elsewhere}},
		"a path for each call":  {func(n int) string { return fmt.Sprintf("https://shared.example.com/app/%d", n) }, 36, []string{other, elsewhere}},
		"all of a host":         {func(n int) string { return fmt.Sprintf("https://shared.example.com/%d", n) }, 48, []string{elsewhere}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, net := world()
				var hanging atomic.Int64
				for n := range 200 {
					net.app(c.hanging(n), func(request) answer { hanging.Add(1); return answer{hang: true} })
				}
				net.app(other, always(200))
				net.app(elsewhere, always(200))
				start(t, courier(webhook.Config{InFlight: 64}, j, net))
				for n := range 200 {
					newStory(t, j, n, c.hanging(n)).played("x")
				}
				synctest.Wait()
				if got := hanging.Load(); got != c.most {
					t.Errorf("%d tries are under way, want %d of 64", got, c.most)
				}
				began := time.Now()
				for n := range 50 {
					for i, url := range c.others {
						newStory(t, j, 300+100*i+n, url).played("y")
					}
				}
				synctest.Wait()
				for _, url := range c.others {
					if got := len(net.to(url)); got != 50 || time.Since(began) != 0 {
						t.Errorf("%s has %d of 50 events after %v", url, got, time.Since(began))
					}
				}
			})
		})
	}
}

// TestRoomGoesToApplicationsInTurn: one with many waiting events does not come
// before another with a few.
func TestRoomGoesToApplicationsInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, few = "https://shared.example.com/many", "https://shared.example.com/few"
		j, net := world()
		slow := func(request) answer { time.Sleep(time.Second); return answer{status: 200} }
		net.app(many, slow)
		net.app(few, slow)
		start(t, courier(webhook.Config{InFlight: 1}, j, net))
		for n := range 20 {
			newStory(t, j, n, many).played("many")
		}
		synctest.Wait()
		for n := range 3 {
			newStory(t, j, 100+n, few).played("few")
		}
		time.Sleep(7500 * time.Millisecond)
		if m, f := len(net.to(many)), len(net.to(few)); f != 3 || m != 5 {
			t.Errorf("of eight tries one after the other %d were for who has few and %d for who has many, want 3 and 5", f, m)
		}
	})
}

func TestWhatWaitsForRoomIsGivenUpWithItsServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, net := world()
		net.app(app, func(request) answer { return answer{hang: true} })
		stop := start(t, courier(webhook.Config{InFlight: 1}, j, net))
		for n := range 20 {
			newStory(t, j, n, app).played("x")
		}
		synctest.Wait()
		stop()
		net.app(app, always(200))
		start(t, courier(webhook.Config{InFlight: 1}, j, net))
		synctest.Wait()
		if got := len(net.to(app)); got != 21 {
			t.Errorf("%d tries, want one that was cut off and 20 after the restart", got)
		}
	})
}

// TestARetryAfterThatOutlastsTheEventMeansOneMoreTryAtItsEnd and no more.
func TestARetryAfterThatOutlastsTheEventMeansOneMoreTryAtItsEnd(t *testing.T) {
	for _, up := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			j, net := world()
			began := time.Now()
			net.app(app, func(r request) answer {
				if up && r.at.Sub(began) >= 4*time.Minute {
					return answer{status: 200}
				}
				return answer{status: 503, header: http.Header{"Retry-After": {"86400"}}}
			})
			c := courier(webhook.Config{GiveUpAfter: 5 * time.Minute}, j, net)
			start(t, c)
			newStory(t, j, 1, app).played("x")
			must(t, c.Flush(t.Context()))
			want := webhook.Tally{Retried: 1, GivenUp: 1}
			if up {
				want = webhook.Tally{Retried: 1, Delivered: 1}
			}
			if got := c.Counts().Callbacks; got != want {
				t.Errorf("counted %+v, want %+v", got, want)
			}
			if p := net.to(app); len(p) != 2 || p[1].at.Sub(p[0].at) != 5*time.Minute {
				t.Errorf("tries %v, want a second one after five minutes", p)
			}
		})
	}
}

func TestARedirectIsTold(t *testing.T) {
	for location, told := range map[string]string{
		"/hook/":                              "to another path of its own",
		"https://www.example.com/hook?secret": "to https://www.example.com",
		"":                                    "redirects are not followed",
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			j, net := world()
			net.app(app, func(request) answer {
				return answer{status: 308, header: http.Header{"Location": {location}}}
			})
			c := courier(webhook.Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, j, net)
			stop := start(t, c)
			newStory(t, j, 1, app).played("x")
			must(t, c.Flush(t.Context()))
			stop()
			if got := log.String(); !strings.Contains(got, told) || !strings.Contains(got, "given up") || strings.Contains(got, "secret") {
				t.Errorf("%q: logged %s", location, got)
			}
		})
	}
}
