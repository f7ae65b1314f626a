package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"go.uber.org/goleak"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/outbound"
	"strowger/internal/webhook"
	"strowger/internal/webhook/ga"
	"strowger/internal/webhook/grid"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		if err := tellUntilKilled(dir, os.Getenv(killedURL)); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// These tests leave out nothing: JetStream on a disk, sockets, real keys.

// receiver is an application on a socket.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	fail bool
	got  []request
	came chan struct{}
}

func newReceiver(t testing.TB) *receiver {
	r := &receiver{came: make(chan struct{}, 1000)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	got := read(in)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail {
		w.WriteHeader(http.StatusServiceUnavailable)
	} else if in.Header.Get("aeg-event-type") == "SubscriptionValidation" {
		io.WriteString(w, subscriber(got).body)
	}
	r.got = append(r.got, got)
	r.came <- struct{}{}
}

func (r *receiver) setFailing(fail bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = fail
}

// wait returns the n-th request.
func (r *receiver) wait(t *testing.T, n int) request {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		r.mu.Lock()
		if len(r.got) >= n {
			defer r.mu.Unlock()
			return r.got[n-1]
		}
		r.mu.Unlock()
		select {
		case <-r.came:
		case <-deadline:
			t.Fatalf("%d requests did not come", n)
		}
	}
}

// all is what came so far.
func (r *receiver) all() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// installation is a directory in which a server lives again and again.
type installation struct {
	dir    string
	signer *access.Signer
	sealer *access.Sealer
}

func openInstallation(dir string) (*installation, error) {
	signer, err := access.OpenSigner(dir, access.SignerConfig{PublicURL: "http://127.0.0.1", Now: time.Now})
	if err != nil {
		return nil, err
	}
	sealer, err := access.OpenSealer(dir)
	return &installation{dir: dir, signer: signer, sealer: sealer}, err
}

func newInstallation(t testing.TB) *installation {
	i, err := openInstallation(t.TempDir())
	must(t, err)
	return i
}

func (i *installation) open(ctx context.Context, c webhook.Config) (*journal.Journal, *webhook.Courier, error) {
	log := slog.New(slog.DiscardHandler)
	j, err := journal.Open(ctx, journal.Config{Dir: i.dir + "/nats", MaxBytes: 64 << 20}, log)
	if err != nil {
		return nil, nil, err
	}
	policy := outbound.NewPolicy([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	c.Families, c.EventGrid = []webhook.Family{ga.Family()}, grid.New(c.ResourceID, c.PublicURL, i.sealer)
	c.Journal, c.Signer, c.Log, c.Client = j, i.signer, log, policy.NewClient(outbound.ClientConfig{})
	return j, webhook.New(c), nil
}

func (i *installation) start(t testing.TB, c webhook.Config) (j *journal.Journal, courier *webhook.Courier, stop func()) {
	t.Helper()
	j, courier, err := i.open(t.Context(), c)
	must(t, err)
	t.Cleanup(j.Close)
	end := start(t, courier)
	return j, courier, sync.OnceFunc(func() { end(); j.Close() })
}

func TestACallbackIsSignedForTheResource(t *testing.T) {
	i, app := newInstallation(t), newReceiver(t)
	j, _, _ := i.start(t, webhook.Config{ResourceID: resource})
	newStory(t, j, 1, app.URL+"/events?secret=1").played("hello")
	got := app.wait(t, 1)
	if got.header.Get("Content-Type") != "application/json" || !strings.HasSuffix(got.url, "/events?secret=1") {
		t.Errorf("%s %s", got.url, got.header.Get("Content-Type"))
	}
	token, err := jwt.ParseSigned(strings.TrimPrefix(got.header.Get("Authorization"), "Bearer "), []jose.SignatureAlgorithm{jose.RS256})
	must(t, err)
	var keys jose.JSONWebKeySet
	must(t, json.Unmarshal(i.signer.KeySet(), &keys))
	var claims jwt.Claims
	must(t, token.Claims(keys, &claims))
	must(t, claims.Validate(jwt.Expected{Issuer: access.DefaultIssuer, AnyAudience: jwt.Audience{resource}}))
}

func TestAnIncomingCallCarriesAContextThatOpensAgain(t *testing.T) {
	i, app := newInstallation(t), newReceiver(t)
	j, _, _ := i.start(t, webhook.Config{ResourceID: resource, Subscriptions: []webhook.Subscription{{URL: app.URL}}})
	s := newStory(t, j, 1, "")
	s.step(incoming("4:+14255550100"))
	app.wait(t, 1) // the handshake
	var events []struct {
		Data struct{ IncomingCallContext string }
	}
	must(t, json.Unmarshal(app.wait(t, 2).body, &events))
	opened, err := i.sealer.Open(events[0].Data.IncomingCallContext)
	must(t, err)
	if opened.CallID != string(s.state.ID) || opened.IncomingID != 3 || opened.To != "4:+14255550100" {
		t.Errorf("opens to %+v", opened)
	}
}

func TestARestartDeliversWhatWasLeftOverWithTheSameIDs(t *testing.T) {
	i, app := newInstallation(t), newReceiver(t)
	app.setFailing(true)
	j, _, stop := i.start(t, webhook.Config{ResourceID: resource})
	s := newStory(t, j, 1, app.URL)
	for _, text := range []string{"a", "b", "c"} {
		s.played(text)
	}
	first := app.wait(t, 1)
	stop()
	tried := len(app.all())
	app.setFailing(false)

	_, courier, _ := i.start(t, webhook.Config{ResourceID: resource})
	must(t, courier.Flush(t.Context()))
	got := app.all()[tried:]
	expect(t, "delivered after the restart", texts(got), []string{"a", "b", "c"})
	if got[0].id != first.id {
		t.Errorf("the event had the id %s and has %s", first.id, got[0].id)
	}
}

func TestTheLastEventsAreDeliveredBeforeTheServerStops(t *testing.T) {
	i, app := newInstallation(t), newReceiver(t)
	j, courier, stop := i.start(t, webhook.Config{ResourceID: resource})
	s := newStory(t, j, 1, app.URL)
	s.step(call.CallDisconnected{Recipient: s.to, Cause: call.Cause{Reason: call.ShutDown}})
	must(t, courier.Flush(t.Context()))
	stop()
	if got := len(app.all()); got != 1 {
		t.Errorf("%d callbacks", got)
	}
}

func TestManyCallsAtOnceEachInOrder(t *testing.T) {
	const calls, each = 40, 10
	i, app := newInstallation(t), newReceiver(t)
	j, courier, _ := i.start(t, webhook.Config{ResourceID: resource})
	var speaking sync.WaitGroup
	for n := range calls {
		s := newStory(t, j, n, app.URL+"/"+strconv.Itoa(n))
		speaking.Go(func() {
			for i := range each {
				s.played(strconv.Itoa(i))
			}
		})
	}
	speaking.Wait()
	must(t, courier.Flush(t.Context()))
	next := map[string]int{}
	for _, r := range app.all() {
		if r.text != strconv.Itoa(next[r.url]) {
			t.Errorf("%s got event %s as its number %d", r.url, r.text, next[r.url])
		}
		next[r.url]++
	}
	if got := courier.Counts().Callbacks; got.Delivered != calls*each || len(app.all()) != calls*each {
		t.Errorf("%d callbacks came, counted %+v", len(app.all()), got)
	}
}

// BenchmarkAppendToDelivered is the way of one event: on the disk, read again,
// signed, posted, taken.
func BenchmarkAppendToDelivered(b *testing.B) {
	i, app := newInstallation(b), newReceiver(b)
	j, _, _ := i.start(b, webhook.Config{ResourceID: resource})
	s := newStory(b, j, 1, app.URL)
	for b.Loop() {
		s.played("x")
		<-app.came
	}
}
