package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cs "strowger/test/callingserver"
	"strowger/test/callingserver/november"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/webhook"
)

// preview is a world whose applications speak a version of the original preview.
type preview struct {
	*world
	ctx         context.Context
	version     cs.Version
	core        *cs.Client
	overwriting *cs.Client      // which names the resource to the host of recordings in Host
	late        november.Client // of the world's version too, which is November where it is used
	a, b, c     *phone.Phone    // of alice, bob and carol, each with a tone
}

// Who applications are, and how others are named.
var (
	service      = cs.OfUser("8:acs:" + server.ResourceID + "_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1cb0")
	otherService = cs.OfUser("8:acs:" + server.ResourceID + "_7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1cb1")
)

func identified(u server.User) cs.Identifier { return cs.OfUser(u.RawID()) }

// inEach runs a test in each of the versions, over plain HTTP and over TLS with a
// certificate of the development authority.
func inEach(t *testing.T, versions []cs.Version, do func(*testing.T, *preview)) {
	for _, version := range versions {
		for _, secure := range []bool{false, true} {
			name := string(version) + " over HTTP"
			if secure {
				name += "S"
			}
			t.Run(name, func(t *testing.T) { do(t, startPreview(t, version, secure)) })
		}
	}
}

func startPreview(t *testing.T, version cs.Version, secure bool) *preview {
	t.Helper()
	config := threeUsers
	config.HTTPS, config.Trunks = secure, []server.Trunk{carrier()}
	w := start(t, config)
	p := &preview{world: w, ctx: t.Context(), version: version}
	p.a = w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true})
	p.b = w.phoneOf(bob, phone.Config{ToneHz: toneOfB, AutoAnswer: true})
	p.c = w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true})
	p.core = w.callingServer(version, secure, cs.Config{})
	p.overwriting = w.callingServer(version, secure, cs.Config{OverwrittenHost: true})
	p.late = november.Client{Client: p.core}
	return p
}

// callingServer is a client of one of the versions.
func (w *world) callingServer(version cs.Version, secure bool, config cs.Config) *cs.Client {
	w.t.Helper()
	endpoint := w.URL
	if secure {
		endpoint, config.HTTP = w.SecureURL, w.trusting()
	}
	config.NewID = newID
	c, err := cs.FromConnectionString("endpoint="+endpoint+"/;accesskey="+server.AccessKey, version, config)
	w.must(err)
	return c
}

// trusting believes the development authority, and nobody else.
func (w *world) trusting() *http.Client {
	w.t.Helper()
	authority, err := os.ReadFile(filepath.Join(w.DataDir, "ca", "ca.pem"))
	if err != nil {
		w.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		w.t.Fatalf("the authority is no certificate: %s", authority)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// must ends the test when an operation was refused.
func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused holds an error to what the API answered.
func (w *world) refused(err error, status int, code string) {
	w.t.Helper()
	var answer *cs.Error
	if !errors.As(err, &answer) || answer.Status != status || answer.Code != code {
		w.t.Errorf("answered %v, want %d with %s", err, status, code)
	}
}

// wave serves a tone in the only form that the preview published: 16 kHz, mono, 16 bit.
func (w *world) wave(hz float64, length time.Duration) string {
	return w.app.Serve("/"+newID()+".wav", heard.MakeWAV(heard.Format{RateHz: 16000, Channels: 1, Bits: 16}, heard.Part{Hz: hz, Length: length}))
}

// audience is one address of an application, and what it is told there.
type audience struct {
	*world
	version cs.Version
	path    string // with its query
}

// audience is an address of its own. Applications of that time put a secret in its query.
func (p *preview) audience() audience {
	return audience{p.world, p.version, "/" + newID() + "?SecretKey=a%2Fb"}
}

func (a audience) url() string { return a.app.URL(a.path) }

// told is everything so far, repetitions left out. Each event is held to the form that
// its version publishes.
func (a audience) told() (all []cs.Event) {
	a.t.Helper()
	known := map[string]bool{}
	for _, d := range a.app.All() {
		if d.Path == a.path && !known[d.ID] {
			known[d.ID] = true
			all = append(all, a.read(d))
		}
	}
	return all
}

func (a audience) read(d webhook.Delivery) cs.Event {
	a.t.Helper()
	body, err := json.Marshal(slices.Repeat([]any{d.Event}, d.Count))
	a.must(err)
	e, err := cs.ParseEvent(a.version, body)
	a.must(err)
	return e
}

// await waits for an event.
func (a audience) await(what string, fits func(cs.Event) bool) (found cs.Event) {
	a.t.Helper()
	a.app.Await(what, func(d webhook.Delivery) bool {
		if d.Path != a.path {
			return false
		}
		found = a.read(d)
		return fits(found)
	})
	return found
}

// state waits until a connection is in a state.
func (a audience) state(connection, state string) cs.Event {
	a.t.Helper()
	return a.await(connection+" "+state, func(e cs.Event) bool {
		return e.Type == "CallConnectionStateChanged" && e.Data.CallConnectionID == connection && e.Data.CallConnectionState == state
	})
}

// result waits for the end of an operation.
func (a audience) result(eventType, operationContext string) cs.Event {
	a.t.Helper()
	return a.await(eventType+" of "+operationContext, func(e cs.Event) bool {
		return e.Type == eventType && e.Data.OperationContext == operationContext
	})
}

// added waits until somebody was added.
func (a audience) added(operationContext string) {
	a.t.Helper()
	e := a.result("AddParticipantResult", operationContext)
	if e.Data.Status != cs.Completed || e.Data.Result() != nil {
		a.t.Errorf("adding %s ended as %+v", operationContext, e.Data)
	}
}

// played waits for the end of a play.
func (a audience) played(operationContext string, code, subcode int) cs.Event {
	a.t.Helper()
	e := a.result("PlayAudioResult", operationContext)
	if r := e.Data.Result(); e.Data.Status != cs.Completed || r.Code != code || r.Subcode != subcode {
		a.t.Errorf("the play %s ended %s with %+v, want completed with %d/%d", operationContext, e.Data.Status, r, code, subcode)
	}
	return e
}

// roster waits until exactly these are in a connection's call, in any order.
func (a audience) roster(connection string, want ...cs.Identifier) []cs.Participant {
	a.t.Helper()
	return a.await("the roster", func(e cs.Event) bool {
		return e.Type == "ParticipantsUpdated" && e.Data.CallConnectionID == connection && sameRoster(e.Data.Participants, want)
	}).Data.Participants
}

func sameRoster(participants []cs.Participant, want []cs.Identifier) bool {
	var is, wanted []string
	for _, p := range participants {
		is = append(is, rawID(p.Identifier))
	}
	for _, who := range want {
		wanted = append(wanted, rawID(who))
	}
	slices.Sort(is)
	slices.Sort(wanted)
	return slices.Equal(is, wanted)
}

func rawID(i cs.Identifier) string {
	if i.Phone != nil {
		return "4:" + i.Phone.Value
	}
	return i.User.ID
}

// recording waits until a recording is in a state.
func (a audience) recording(id, state string, n int) {
	a.t.Helper()
	seen := 0
	a.await("recording "+state, func(e cs.Event) bool {
		if e.Type == "CallRecordingStateChanged" && e.Data.RecordingID == id && e.Data.RecordingState() == state {
			seen++
		}
		return seen >= n
	})
}

// story is what a connection was told of its states, as one line.
func (a audience) story(connection string) string {
	a.t.Helper()
	var states []string
	for _, e := range a.told() {
		if e.Type == "CallConnectionStateChanged" && e.Data.CallConnectionID == connection {
			states = append(states, e.Data.CallConnectionState)
		}
	}
	return strings.Join(states, " ")
}

// ended waits until a connection has ended, and looks at its whole life. From its
// second event on it knows the name of the call.
func (a audience) ended(connection string) {
	a.t.Helper()
	a.state(connection, "disconnected")
	if got := a.story(connection); got != "connecting connected disconnecting disconnected" {
		a.t.Errorf("the connection was told %s", got)
	}
	events := slices.DeleteFunc(a.told(), func(e cs.Event) bool { return e.Data.CallConnectionID != connection })
	if first, last := events[0], events[len(events)-1]; first.Data.CallConnectionState != "connecting" || last.Data.CallConnectionState != "disconnected" {
		a.t.Errorf("the first event was %+v and the last %+v", first, last)
	}
	for i, e := range events {
		if e.Type == "CallConnectionStateChanged" && (e.Data.Call() == "") != (i == 0) {
			a.t.Errorf("the event %s names the call %q", e.Data.CallConnectionState, e.Data.Call())
		}
	}
}
