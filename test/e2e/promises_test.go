package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/server"
	"strowger/test/sipp"
	"strowger/test/webhook"
)

var withLab = server.Config{Lab: true}

// Promise 1. When the event arrives, the response must already lie in the
// client's socket: it is looked at there, without waiting a moment for it.
func TestTheResponseIsWrittenBeforeTheFirstEvent(t *testing.T) {
	w := start(t, withLab)
	for range 20 {
		raw := w.api.Raw()
		checked := make(chan struct{})
		path := "/first/" + newID()
		w.app.Before(path, func(webhook.Delivery) {
			select {
			case <-checked:
			default:
				if !raw.HasAnswer() {
					t.Error("an event arrived before the response of the command that caused it")
				}
				close(checked)
			}
		})
		// A busy number fails at once: the event follows as fast as it can.
		raw.Send(http.MethodPost, "/calling/callConnections", client.Object{
			"targets": []client.Object{number("+15550101")}, "callbackUri": w.app.URL(path), "sourceCallerIdNumber": client.Object{"value": ours},
		})
		w.app.Await("first event", func(d webhook.Delivery) bool { return d.Path == path })
		<-checked
		raw.Close()
	}
}

// Promise 4, for every operation of the spine that carries the header.
func TestACommandRepeatedHasItsEffectOnceAndGetsItsFirstAnswerAgain(t *testing.T) {
	w := start(t, server.Config{Lab: true})
	created := twice(t, "createCall", func(o client.Option) client.Response {
		return w.api.CreateCall(w.app.URL("/callback"), []client.Object{number("+15550100")}, nil, o)
	})
	connection := created.Text("callConnectionId")
	w.app.AwaitEvent(connection, "CallConnected")

	twice(t, "add", func(o client.Option) client.Response {
		return w.api.AddParticipant(connection, number("+15550106"), client.Object{"operationContext": "add"}, o)
	})
	w.app.AwaitResult("add", "AddParticipantSucceeded")
	if got := len(w.api.Participants(connection).Object()["value"].([]any)); got != 2 {
		t.Errorf("%d participants after one repeated add, want 2", got)
	}
	twice(t, "remove", func(o client.Option) client.Response {
		return w.api.RemoveParticipant(connection, number("+15550106"), client.Object{"operationContext": "remove"}, o)
	})
	w.app.AwaitResult("remove", "RemoveParticipantSucceeded")

	w.end(connection)
	for _, eventType := range []string{"AddParticipantSucceeded", "RemoveParticipantSucceeded"} {
		if got := strings.Count(w.app.Types(connection), eventType); got != 1 {
			t.Errorf("%s was told %d times", eventType, got)
		}
	}
}

func TestACommandOnAnIncomingCallRepeatedHasItsEffectOnce(t *testing.T) {
	w := start(t, ourNumber)
	// calls lets somebody call our number and returns the context of the call.
	calls := func(scenario string, values sipp.Values) (string, *sipp.Peer) {
		n := w.app.IncomingCount("4:" + ours)
		caller := w.callers(scenario, 1, 1, values)
		return w.app.AwaitIncoming("4:"+ours, n+1).Text("incomingCallContext"), caller
	}

	context, caller := calls("calls-until-hung-up", sipp.Values{})
	answered := twice(t, "answer", func(o client.Option) client.Response {
		return w.api.Answer(context, w.app.URL("/callback"), o)
	})
	connection := answered.Text("callConnectionId")
	w.app.AwaitEvent(connection, "CallConnected")
	twice(t, "terminate", func(o client.Option) client.Response { return w.api.Terminate(connection, o) })
	w.app.AwaitEvent(connection, "CallDisconnected")
	caller.AwaitSuccess()

	context, caller = calls("calls-and-is-refused", sipp.Values{Status: "486"})
	twice(t, "reject", func(o client.Option) client.Response { return w.api.Reject(context, "busy", o) })
	caller.AwaitSuccess()
}

func TestARedirectionRepeatedHasItsEffectOnce(t *testing.T) {
	config := ourNumber
	config.Lab = true
	w := start(t, config)
	caller := w.callers("calls-and-is-refused", 1, 1, sipp.Values{Status: "486"})
	context := w.app.AwaitIncoming("4:"+ours, 1).Text("incomingCallContext")
	twice(t, "redirect", func(o client.Option) client.Response { return w.api.Redirect(context, number("+15550101"), o) })
	caller.AwaitSuccess()
}

// twice sends a command, and the same command again, and wants the same answer.
func twice(t *testing.T, what string, do func(client.Option) client.Response) client.Response {
	t.Helper()
	id := client.Repeatable(newID(), time.Now())
	first, second := do(id), do(id)
	if first.Status != second.Status || string(first.Body) != string(second.Body) {
		t.Errorf("%s repeated got %v, and first %v", what, second, first)
	}
	if first.Status >= 300 {
		t.Errorf("%s got %v", what, first)
	}
	return first
}

func TestARepeatabilityHeaderWithoutItsTimeIsRefused(t *testing.T) {
	w := start(t, withLab)
	r := w.api.Do(http.MethodPost, "/calling/callConnections", client.Object{
		"targets": []client.Object{number("+15550100")}, "callbackUri": w.app.URL("/callback"),
	}, client.Header("Repeatability-Request-ID", newID()))
	if r.Status != 400 || !strings.Contains(string(r.Body), "Repeatability") {
		t.Errorf("got %v, want a 400 that names the header", r)
	}
}

// Promise 5.
func TestAHangingWebhookDelaysNobodyElse(t *testing.T) {
	w := start(t, withLab)
	w.app.Hang("/stuck")
	for range 20 {
		expect(t, w.api.CreateCall(w.app.URL("/stuck"), []client.Object{number("+15550100")}, nil), 201)
	}
	w.app.Await("the first stuck callback", func(d webhook.Delivery) bool { return d.Path == "/stuck" })
	stuck := time.Now()
	prompt := w.app.Serve("/p.wav", heard.MakeWAV(heard.Format{RateHz: 8000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: 200 * time.Millisecond}))
	connection := w.connected(number("+15550100"))
	expectResult(t, w.play(connection, prompt, nil), "PlayCompleted", "200/0")
	w.end(connection)
	t.Logf("a whole call took %v beside 20 stuck applications", time.Since(stuck))
	for _, d := range w.app.All() {
		if d.Path == "/stuck" && d.Type != "CallConnected" && d.Type != "ParticipantsUpdated" {
			t.Errorf("%s overtook an event that was not taken yet", d.Type)
		}
	}
}

func TestAFailingWebhookIsToldAgainInOrder(t *testing.T) {
	w := start(t, withLab)
	w.app.Fail("/flaky", http.StatusServiceUnavailable)
	r := w.api.CreateCall(w.app.URL("/flaky"), []client.Object{number("+15550100")}, nil)
	expect(t, r, 201)
	connection := r.Text("callConnectionId")
	first := w.app.AwaitEvent(connection, "CallConnected")
	expect(t, w.api.Terminate(connection), 204)
	w.app.Recover("/flaky")
	w.app.AwaitEvent(connection, "CallDisconnected")
	if got := w.app.Types(connection); got != "CallConnected ParticipantsUpdated CallDisconnected" && got != "CallConnected ParticipantsUpdated ParticipantsUpdated CallDisconnected" {
		t.Errorf("told %s", got)
	}
	repeated := 0
	for _, d := range w.app.All() {
		if d.ID == first.ID {
			repeated++
		}
	}
	if repeated < 2 {
		t.Error("the event that was refused was not repeated with its id")
	}
}

// Promise 7 and the access key scheme.
func TestOnlySignedRequestsAreHeard(t *testing.T) {
	w := start(t, withLab)
	for what, change := range map[string]func(*http.Request){
		"no signature":      func(r *http.Request) { r.Header.Del("Authorization") },
		"a wrong signature": func(r *http.Request) { r.Header.Set("Authorization", r.Header.Get("Authorization")[:90]+"AAAA=") },
		"another body": func(r *http.Request) {
			*r = *r.Clone(r.Context())
			r.Body, r.ContentLength = http.NoBody, 0
		},
		"another path":   func(r *http.Request) { r.URL.Path += "x" },
		"another method": func(r *http.Request) { r.Method = http.MethodPut },
		"another date": func(r *http.Request) {
			r.Header.Set("x-ms-date", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
		},
	} {
		request := w.api.Request(http.MethodPost, "/calling/callConnections", client.Object{"targets": []client.Object{number("+15550100")}, "callbackUri": w.app.URL("/callback")})
		w.api.Sign(request)
		change(request)
		r, err := w.api.Send(request)
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != 401 || r.ErrorCode() == "" {
			t.Errorf("%s got %v, want a clear 401", what, r)
		}
	}
	if r := w.api.Do(http.MethodGet, "/calling/callConnections/"+newID(), nil, client.Date(time.Now().Add(-24*time.Hour))); r.Status != 401 {
		t.Errorf("a request signed yesterday got %v, want 401", r)
	}
	if r := w.api.Do(http.MethodGet, "/calling/callConnections/"+newID(), nil, client.Date(time.Now().Add(-10*time.Minute))); r.Status != 404 {
		t.Errorf("a request from a clock ten minutes slow got %v, want its 404", r)
	}
}

func TestAQueryIsVerifiedRawAndReserialised(t *testing.T) {
	w := start(t, withLab)
	path := "/calling/callConnections/" + newID() + "?api-version=" + client.Version + "&note=a%20b*c"
	if r := w.api.Do(http.MethodGet, path, nil); r.Status != 404 {
		t.Errorf("a signature over the raw query got %v, want the 404 of a call that is not there", r)
	}
	// The JavaScript SDK signs what URLSearchParams makes of the query and
	// sends it as it was written.
	request := w.api.Request(http.MethodGet, path, nil)
	sent := *request.URL
	request.URL.RawQuery = "api-version=" + client.Version + "&note=" + url.QueryEscape("a b") + "*c"
	w.api.Sign(request)
	request.URL = &sent
	r, err := w.api.Send(request)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != 404 {
		t.Errorf("a signature over the re-serialised query got %v, want 404", r)
	}
}

func TestCallbacksAreSigned(t *testing.T) {
	w := start(t, withLab)
	connection := w.connected(number("+15550100"))
	w.end(connection)
	for _, d := range w.app.Of(connection) {
		if err := d.Verify(w.URL, server.ResourceID); err != nil {
			t.Error(err)
		}
		if err := d.Verify(w.URL, "somebody else"); err == nil {
			t.Error("a callback's token is good for any audience")
		}
	}
}

func TestNothingIsReachableWithoutCredentialsButHealthAndKeys(t *testing.T) {
	w := start(t, withLab)
	for path, status := range map[string]int{
		"/health/live": 200, "/health/ready": 200, webhook.OpenIDPath: 200, "/calling/keys": 200,
		"/calling/callConnections/" + newID() + "?api-version=" + client.Version: 401,
		"/metrics": 404, "/debug/pprof/": 404, "/": 404,
	} {
		response, err := http.Get(w.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != status && (status != 404 || response.StatusCode != 401) {
			t.Errorf("GET %s without credentials got %d, want %d", path, response.StatusCode, status)
		}
	}
}

func TestAHangingEventGridSubscriptionDelaysNoCallback(t *testing.T) {
	w := start(t, withLab)
	w.app.Hang("/events")
	bot := client.User("8:acs:" + server.ResourceID + "_" + newID())
	w.create(bot)
	w.app.Await("the stuck IncomingCall", func(d webhook.Delivery) bool { return d.Type == "IncomingCall" })
	w.end(w.connected(number("+15550100")))
}

func TestEveryStableVersionIsSpokenAndOthersAreRefused(t *testing.T) {
	w := start(t, withLab)
	for _, version := range []string{"2023-03-06", "2023-10-15", "2024-04-15", "2024-09-15", "2025-05-15", "2025-06-15", "2026-03-12"} {
		r := w.api.Do(http.MethodPost, "/calling/callConnections?api-version="+version, client.Object{
			"targets": []client.Object{number("+15550100")}, "callbackUri": w.app.URL("/callback"), "sourceCallerIdNumber": client.Object{"value": ours},
		}, client.Once())
		expect(t, r, 201)
		connection := r.Text("callConnectionId")
		if got := w.app.AwaitEvent(connection, "CallConnected").Text("version"); got != version {
			t.Errorf("a connection made with %s is told its events as %s", version, got)
		}
		w.end(connection)
	}
	for _, version := range []string{"", "2019-01-01", "nonsense"} {
		if r := w.api.Do(http.MethodGet, "/calling/callConnections/"+newID()+"?api-version="+version, nil); r.Status != 400 || r.ErrorCode() == "" {
			t.Errorf("version %q got %v, want a clear 400", version, r)
		}
	}
}
