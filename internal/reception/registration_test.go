package reception

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"strowger/internal/directory"
	"strowger/internal/sip/ua"
)

func TestARegistrationIsRefreshedInTimeAndRetriedWithPatience(t *testing.T) {
	ours := "<sip:account@127.0.0.1:5060>"
	answers := []ua.Response{
		{Code: 503}, {Code: 403}, {Code: 408, Origin: ua.Timeout}, // refused: wait longer each time
		{Code: 200, Headers: ua.Headers{{Name: "Expires", Value: "3600"}, {Name: "Contact", Value: "<sip:other@192.0.2.1>;expires=20, " + ours + ";expires=80"}}},
		{Code: 200, Headers: ua.Headers{{Name: "Expires", Value: "120"}}},
		{Code: 500},
		{Code: 200},
	}
	want := []time.Duration{0, 5, 10, 20, 60, 90, 5, 1350}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		agent, err := ua.New(ua.Config{Listen: []string{"udp://127.0.0.1:5060"}})
		if err != nil {
			t.Fatal(err)
		}
		r := &Reception{cfg: Config{Domain: "pbx.test", UA: agent}, log: slog.New(slog.DiscardHandler)}
		g := newRegistration(r, directory.Trunk{Name: "carrier", Username: "account"})
		var waited []time.Duration
		last := time.Now()
		g.ask = func(context.Context) (ua.Response, bool) {
			waited = append(waited, time.Since(last)/time.Second)
			last = time.Now()
			if len(answers) == 0 {
				cancel()
				return ua.Response{}, false
			}
			res := answers[0]
			answers = answers[1:]
			return res, true
		}
		g.run(ctx)
		if !slices.Equal(waited, want) {
			t.Errorf("asked after %v seconds, want %v", waited, want)
		}
	})
}
