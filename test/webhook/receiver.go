package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Patience is how long an Await waits before it fails the test: a safety net,
// no expectation about speed.
const Patience = 20 * time.Second

// Receiver is an application's HTTP server.
type Receiver struct {
	t      testing.TB
	server *httptest.Server
	done   chan struct{} // closed at the test's end: releases what hangs

	mu         sync.Mutex
	seen       []Delivery
	changed    chan struct{} // closed and replaced at every delivery
	behaviours map[string]http.HandlerFunc
	before     map[string]func(Delivery)
	files      map[string]*file
	validated  int
}

type file struct {
	content []byte
	fetched int
}

// New starts a receiver on a free loopback port.
func New(t testing.TB) *Receiver { return NewAt(t, "127.0.0.1:0") }

// NewAt starts a receiver at an address of the test's own.
func NewAt(t testing.TB, address string) *Receiver {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("listen for the application: %v", err)
	}
	r := &Receiver{
		t: t, done: make(chan struct{}), changed: make(chan struct{}),
		behaviours: map[string]http.HandlerFunc{}, before: map[string]func(Delivery){}, files: map[string]*file{},
	}
	r.server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(r.serve)}}
	r.server.Start()
	t.Cleanup(func() {
		close(r.done)
		r.server.CloseClientConnections()
		r.server.Close()
		if t.Failed() {
			t.Logf("the application was told:\n%s", r.Story())
		}
	})
	return r
}

// URL is the address of a path of this receiver.
func (r *Receiver) URL(path string) string { return r.server.URL + path }

// Serve offers a file and returns its address.
func (r *Receiver) Serve(path string, content []byte) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files[path] = &file{content: content}
	return r.URL(path)
}

// Fetched is how often a file was asked for.
func (r *Receiver) Fetched(path string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.files[path]; ok {
		return f.fetched
	}
	return 0
}

// AwaitFetched waits until a file was asked for.
func (r *Receiver) AwaitFetched(path string) {
	r.t.Helper()
	if !r.wait(Patience, func() bool { return r.Fetched(path) > 0 }) {
		r.t.Fatalf("%s was not asked for within %v", path, Patience)
	}
}

// Hang lets every request to a path wait until the test ends.
func (r *Receiver) Hang(path string) {
	r.behave(path, func(_ http.ResponseWriter, request *http.Request) {
		select {
		case <-r.done:
		case <-request.Context().Done():
		}
	})
}

// Fail answers every request to a path with a status.
func (r *Receiver) Fail(path string, status int) {
	r.behave(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// Refuse closes the connection of every request to a path without an answer.
func (r *Receiver) Refuse(path string) {
	r.behave(path, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

// Recover ends what Hang, Fail or Refuse began.
func (r *Receiver) Recover(path string) { r.behave(path, nil) }

func (r *Receiver) behave(path string, behaviour http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behaviours[path] = behaviour
}

// Before runs do for each delivery to a path before the delivery is answered:
// what do sends to the server goes out in the very instant of the event.
func (r *Receiver) Before(path string, do func(Delivery)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before[path] = do
}

func (r *Receiver) serve(w http.ResponseWriter, request *http.Request) {
	at := time.Now()
	path := request.URL.Path
	r.mu.Lock()
	behaviour, before := r.behaviours[path], r.before[path]
	served, isFile := r.files[path]
	if isFile {
		served.fetched++
		close(r.changed)
		r.changed = make(chan struct{})
	}
	r.mu.Unlock()

	switch {
	case isFile && behaviour == nil:
		w.Header().Set("Content-Type", "audio/wav")
		_, _ = w.Write(served.content)
		return
	case isFile:
		behaviour(w, request)
		return
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	if request.Header.Get("aeg-event-type") == "SubscriptionValidation" && behaviour == nil {
		r.validate(w, body)
		return
	}
	all, err := deliveries(request, body, at)
	if err != nil {
		r.t.Errorf("a callback to %s that nobody can read: %v: %s", path, err, body)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.record(all)
	if before != nil {
		for _, d := range all {
			before(d)
		}
		// Whoever waits may wait for what before has done.
		r.record(nil)
	}
	if behaviour != nil {
		behaviour(w, request)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// validate answers the Event Grid handshake.
func (r *Receiver) validate(w http.ResponseWriter, body []byte) {
	var events []struct {
		Data struct {
			ValidationCode string `json:"validationCode"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &events); err != nil || len(events) != 1 {
		r.t.Errorf("a validation that nobody can read: %v: %s", err, body)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.validated++
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"validationResponse": events[0].Data.ValidationCode})
}

func (r *Receiver) record(all []Delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, all...)
	close(r.changed)
	r.changed = make(chan struct{})
}

// All are the deliveries so far, in order of arrival.
func (r *Receiver) All() []Delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Delivery(nil), r.seen...)
}

// Of are the deliveries to one connection so far, repetitions left out.
func (r *Receiver) Of(connection string) []Delivery {
	var its []Delivery
	known := map[string]bool{}
	for _, d := range r.All() {
		if d.Connection() == connection && !known[d.ID] {
			known[d.ID] = true
			its = append(its, d)
		}
	}
	return its
}

// Types are the types of a connection's events so far, as one line.
func (r *Receiver) Types(connection string) string {
	var types []string
	for _, d := range r.Of(connection) {
		types = append(types, d.Type)
	}
	return strings.Join(types, " ")
}

// AwaitValidated waits for n answered validation handshakes.
func (r *Receiver) AwaitValidated(n int) {
	r.t.Helper()
	if !r.wait(Patience, func() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.validated >= n }) {
		r.t.Fatalf("the subscription was not validated within %v", Patience)
	}
}

// Await waits for the first delivery that fits.
func (r *Receiver) Await(what string, fits func(Delivery) bool) Delivery {
	r.t.Helper()
	return r.awaitWithin(Patience, what, fits)
}

func (r *Receiver) awaitWithin(patience time.Duration, what string, fits func(Delivery) bool) Delivery {
	r.t.Helper()
	var found Delivery
	ok := r.wait(patience, func() bool {
		for _, d := range r.All() {
			if fits(d) {
				found = d
				return true
			}
		}
		return false
	})
	if !ok {
		r.t.Fatalf("no %s within %v; the application was told:\n%s", what, patience, r.Story())
	}
	return found
}

// AwaitSlowEvent is AwaitEvent for what comes only after a call has rung for
// its whole thirty seconds.
func (r *Receiver) AwaitSlowEvent(connection, eventType string) Delivery {
	r.t.Helper()
	return r.awaitWithin(30*time.Second+Patience, eventType+" of "+connection, func(d Delivery) bool {
		return d.Connection() == connection && d.Type == eventType
	})
}

// AwaitEvent waits for an event of a connection.
func (r *Receiver) AwaitEvent(connection, eventType string) Delivery {
	r.t.Helper()
	return r.Await(eventType+" of "+connection, func(d Delivery) bool { return d.Connection() == connection && d.Type == eventType })
}

// AwaitResult waits for an event that ends an operation, by its context.
func (r *Receiver) AwaitResult(operationContext string, eventTypes ...string) Delivery {
	r.t.Helper()
	return r.Await(fmt.Sprintf("%v for %s", eventTypes, operationContext), func(d Delivery) bool {
		if d.Context() != operationContext {
			return false
		}
		for _, t := range eventTypes {
			if d.Type == t {
				return true
			}
		}
		return false
	})
}

// AwaitIncoming waits for the n-th IncomingCall to a number or raw id.
func (r *Receiver) AwaitIncoming(rawID string, n int) Delivery {
	r.t.Helper()
	var found Delivery
	ok := r.wait(Patience, func() bool {
		seen, known := 0, map[string]bool{}
		for _, d := range r.All() {
			if d.Type == "IncomingCall" && d.Text("to", "rawId") == rawID && !known[d.ID] {
				known[d.ID] = true
				if seen++; seen == n {
					found = d
					return true
				}
			}
		}
		return false
	})
	if !ok {
		r.t.Fatalf("no IncomingCall %d for %s within %v; the application was told:\n%s", n, rawID, Patience, r.Story())
	}
	return found
}

// IncomingCount is how many IncomingCall events for a raw id came so far.
func (r *Receiver) IncomingCount(rawID string) int {
	known := map[string]bool{}
	for _, d := range r.All() {
		if d.Type == "IncomingCall" && d.Text("to", "rawId") == rawID {
			known[d.ID] = true
		}
	}
	return len(known)
}

// wait asks at every delivery until it is so or patience ends.
func (r *Receiver) wait(patience time.Duration, so func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if so() {
			return true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return false
		}
	}
}

// Story is everything that was delivered, a line each.
func (r *Receiver) Story() string {
	var b strings.Builder
	for _, d := range r.All() {
		fmt.Fprintln(&b, " ", d)
	}
	return b.String()
}
