package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"strowger/internal/access"
	"strowger/internal/call"
	"strowger/internal/journal"
	"strowger/internal/journal/journaltest"
	"strowger/internal/webhook"
	"strowger/internal/webhook/ga"
	"strowger/internal/webhook/grid"
)

const (
	resource = "9f4b0d6e-0c1a-4a57-9d5b-5f6f0a4c2b11"
	latest   = "2026-03-12"
)

// internet is what the courier's requests reach: a function for each URL.
type internet struct {
	mu    sync.Mutex
	apps  map[string]func(request) answer
	posts []request
}

// request is what an application got.
type request struct {
	at     time.Time
	url    string
	header http.Header
	id     string
	kind   string
	text   string // operationContext
	body   []byte
}

type answer struct {
	status int
	header http.Header
	body   string
	hang   bool
}

func newInternet() *internet { return &internet{apps: map[string]func(request) answer{}} }

func (n *internet) app(url string, f func(request) answer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.apps[url] = f
}

func always(status int) func(request) answer {
	return func(request) answer { return answer{status: status} }
}

func (n *internet) RoundTrip(r *http.Request) (*http.Response, error) {
	got := read(r)
	n.mu.Lock()
	n.posts = append(n.posts, got)
	app := n.apps[got.url]
	n.mu.Unlock()
	if app == nil {
		return nil, syscall.ECONNREFUSED
	}
	a := app(got)
	if a.hang {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Request: r,
		Body: io.NopCloser(bytes.NewBufferString(a.body)),
	}, nil
}

func read(r *http.Request) request {
	body, _ := io.ReadAll(r.Body)
	var events []struct {
		ID, Type, EventType string
		Data                struct{ OperationContext string }
	}
	got := request{at: time.Now(), url: r.URL.String(), header: r.Header, body: body}
	if json.Unmarshal(body, &events) == nil && len(events) == 1 {
		got.id, got.kind, got.text = events[0].ID, events[0].Type+events[0].EventType, events[0].Data.OperationContext
	}
	return got
}

// to is what a URL got so far.
func (n *internet) to(url string) []request {
	n.mu.Lock()
	defer n.mu.Unlock()
	var posts []request
	for _, p := range n.posts {
		if p.url == url {
			posts = append(posts, p)
		}
	}
	return posts
}

func (n *internet) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.posts = nil
}

func texts(posts []request) []string {
	var all []string
	for _, p := range posts {
		all = append(all, p.text)
	}
	return all
}

func ids(posts []request) []string {
	var all []string
	for _, p := range posts {
		all = append(all, p.id)
	}
	return all
}

type signer struct{}

func (signer) Token(audience string) (string, error) { return "token for " + audience, nil }

type sealer struct{}

func (sealer) Seal(o access.IncomingContext) (string, error) {
	return fmt.Sprintf("%s/%d", o.CallID, o.IncomingID), nil
}

// courier is one on a journal and an internet.
func courier(c webhook.Config, j webhook.Journal, n *internet) *webhook.Courier {
	c.Families, c.EventGrid = append(c.Families, ga.Family()), grid.New(c.ResourceID, c.PublicURL, sealer{})
	c.Journal, c.Signer = j, signer{}
	c.Client = &http.Client{
		Transport: n, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // as outbound's
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return webhook.New(c)
}

// start runs a courier until stop is called or the test ends.
func start(t testing.TB, c *webhook.Courier) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// story is a call whose steps a test appends.
type story struct {
	t     testing.TB
	log   *journal.Log
	state call.State
	to    call.Recipient
}

func newStory(t testing.TB, j *journal.Journal, n int, url string) *story {
	t.Helper()
	s, err := beginStory(j, n, url)
	must(t, err)
	s.t = t
	return s
}

func beginStory(j *journal.Journal, n int, url string) (*story, error) {
	id := call.NewID([16]byte{byte(n >> 8), byte(n), 0xaa})
	connection, err := call.NewConnectionID(id.Key(), [8]byte{1})
	return &story{
		log: j.Begin(id.Key()), state: call.State{ID: id, Phase: call.Established},
		to: call.Recipient{Connection: connection, CallbackURI: url, Version: latest},
	}, err
}

func (s *story) step(events ...call.Event) {
	s.t.Helper()
	if err := s.append(s.t.Context(), events...); err != nil {
		s.t.Errorf("append: %v", err) // not Fatal: stories are told from several goroutines
	}
}

func (s *story) append(ctx context.Context, events ...call.Event) error {
	s.state.Step++
	return s.log.Append(ctx, s.state, events)
}

// played is a step with one event of the connection.
func (s *story) played(context string) {
	s.t.Helper()
	s.step(s.playCompleted(context))
}

func (s *story) playCompleted(context string) call.Event {
	to := s.to
	to.Context = context
	return call.PlayCompleted{Recipient: to}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func expect[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// world is a journal in memory and an internet.
func world() (*journal.Journal, *internet) { return journaltest.New(), newInternet() }
