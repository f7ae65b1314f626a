package e2e

import (
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"strowger/test/client"
	"strowger/test/phone"
	"strowger/test/server"
	"strowger/test/webhook"
)

// atOnce is how many tests run beside each other: most of their time they wait
// for a phone to have heard something, on whatever number of cores.
const atOnce = "6"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	os.Exit(server.Main(m))
}

// What stands in every world.
const (
	ours     = "+14255550100" // our number on the carrier's trunk
	toneOfA  = 440
	toneOfB  = 1000
	toneOfC  = 1600
	promptHz = 2200
)

var (
	alice = server.User{Name: "alice", ID: "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c01", MayDial: []string{"+1555010", "+1777"}}
	bob   = server.User{Name: "bob", ID: "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c02"}
	carol = server.User{Name: "carol", ID: "7e0f5a52-6f6e-4a43-9d3c-0d8c5d5a1c03"}
)

// world is a server, an application that it calls back, and a client that
// commands it.
type world struct {
	*server.Server
	t   *testing.T
	app *webhook.Receiver
	api *client.Client
}

// start makes a world of its own for a test, which then runs beside others.
// All Event Grid events go to /events of the application.
func start(t *testing.T, config server.Config) *world {
	t.Helper()
	t.Parallel()
	return startAlone(t, config)
}

func startAlone(t *testing.T, config server.Config) *world {
	t.Helper()
	app := webhook.New(t)
	config.EventGrid = append(config.EventGrid, server.Subscription{URL: app.URL("/events")})
	s := server.Start(t, config)
	app.AwaitValidated(1)
	return &world{Server: s, t: t, app: app, api: client.New(t, s.URL, server.AccessKey)}
}

// carrier is a trunk over which calls to our number come from this machine.
func carrier() server.Trunk {
	return server.Trunk{Name: "carrier", Address: "127.0.0.1:9", Prefixes: []string{"+1999"}, Numbers: []string{ours}}
}

// trunkTo is a trunk over which a prefix is reached, and which calls nobody.
func trunkTo(prefix, address string) server.Trunk {
	return server.Trunk{Name: "to" + prefix[1:], Address: address, Prefixes: []string{prefix}, Sources: []string{"127.0.0.9/32"}}
}

// phoneOf starts a user's softphone, registered.
func (w *world) phoneOf(u server.User, config phone.Config) *phone.Phone {
	w.t.Helper()
	config.Name, config.Password, config.Domain = u.Name, server.Password, server.Domain
	if config.Server == "" {
		config.Server = w.SIP
	}
	return phone.Start(w.t, config)
}

// vacantPhone starts a softphone that whoever has a token enters.
func (w *world) vacantPhone() *phone.Phone {
	w.t.Helper()
	return phone.Start(w.t, phone.Config{Domain: server.Domain, Server: w.SIP, AutoAnswer: true, Vacant: true})
}

var contexts atomic.Int64

// newContext is an operation context that no other operation has.
func newContext(what string) string { return fmt.Sprintf("%s-%d", what, contexts.Add(1)) }

// create places a call and returns its connection.
func (w *world) create(targets ...client.Object) string {
	w.t.Helper()
	r := w.api.CreateCall(w.app.URL("/callback"), targets, nil)
	if r.Status != 201 {
		w.t.Fatalf("the call was not created: %v", r)
	}
	return r.Text("callConnectionId")
}

// connected places a call and waits until it is up.
func (w *world) connected(targets ...client.Object) string {
	w.t.Helper()
	connection := w.create(targets...)
	w.app.AwaitEvent(connection, "CallConnected")
	return connection
}

// end ends a call for everyone and waits for its last event.
func (w *world) end(connection string) {
	w.t.Helper()
	expect(w.t, w.api.Terminate(connection), 204)
	w.app.AwaitEvent(connection, "CallDisconnected")
}

// play plays a file to its end and returns how it ended.
func (w *world) play(connection, uri string, more client.Object, to ...client.Object) webhook.Delivery {
	w.t.Helper()
	oc := newContext("play")
	body := client.Object{"operationContext": oc}
	for key, value := range more {
		body[key] = value
	}
	expect(w.t, w.api.PlayFile(connection, uri, body, to...), 202)
	return w.app.AwaitResult(oc, "PlayCompleted", "PlayFailed", "PlayCanceled")
}

func expect(t *testing.T, r client.Response, status int) {
	t.Helper()
	if r.Status != status {
		t.Fatalf("answered %v, want %d", r, status)
	}
}

func expectResult(t *testing.T, d webhook.Delivery, eventType, result string) {
	t.Helper()
	if d.Type != eventType || d.Result() != result {
		t.Errorf("told %s %s, want %s %s: %v", d.Type, d.Result(), eventType, result, d)
	}
}

func newID() string { return uuid.NewString() }

func number(e164 string) client.Object { return client.Number(e164) }

func user(u server.User) client.Object { return client.User(u.RawID()) }
