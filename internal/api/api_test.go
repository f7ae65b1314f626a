package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/api/apitest"
	"strowger/internal/call"
	"strowger/internal/wire"
)

const version = "2026-03-12"

// small is a family with one operation of each sort.
func small(serve func(context.Context, *api.Request) (api.Response, error)) api.Family {
	return api.Family{Versions: []string{version, "2023-03-06"}, Operations: []api.Operation{
		{Name: "act", Method: "POST", Path: "/calling/things/{callConnectionId}:act", Serve: serve},
		{Name: "read", Method: "GET", Path: "/calling/things/{callConnectionId}", Serve: serve},
		{Name: "child", Method: "GET", Path: "/calling/things/{callConnectionId}/children/{rawId}", Serve: serve},
		{Name: "make", Method: "POST", Path: "/calling/things:make", Serve: serve, Fields: map[call.Part]string{call.PartTargets: "targets"}},
		{Name: "later", Method: "POST", Path: "/calling/things/{callConnectionId}:later"},
	}}
}

func query(path string) string { return path + "?api-version=" + version }

func fine(context.Context, *api.Request) (api.Response, error) {
	return api.Response{Status: http.StatusOK, Body: map[string]string{"a": "b"}}, nil
}

func TestAnAcceptedRequestIsAnsweredInFull(t *testing.T) {
	door := apitest.NewDoor(t, small(func(context.Context, *api.Request) (api.Response, error) {
		return api.Response{Status: http.StatusCreated, Body: map[string]string{"a": "b"}, Call: "the-call"}, nil
	}))
	got := door.Send("POST", query("/calling/things:make"), "{}", "x-ms-client-request-id: 77",
		"Repeatability-Request-ID: 1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2", "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT")
	if got.Status != http.StatusCreated || got.Body != `{"a":"b"}` {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	for name, want := range map[string]string{
		"Content-Type":               "application/json; charset=utf-8",
		"Content-Length":             "9",
		"X-Ms-Client-Request-Id":     "77",
		"X-Microsoft-Skype-Chain-Id": "the-call",
		"Repeatability-Result":       "accepted",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
}

func TestAnEmptyAnswerHasALengthAndNoType(t *testing.T) {
	for status, length := range map[int]string{http.StatusAccepted: "0", http.StatusNoContent: ""} {
		door := apitest.NewDoor(t, small(func(context.Context, *api.Request) (api.Response, error) {
			return api.Response{Status: status}, nil
		}))
		got := door.Send("POST", query("/calling/things:make"), "")
		if got.Status != status || got.Body != "" || got.Header.Get("Content-Type") != "" || got.Header.Get("Content-Length") != length {
			t.Errorf("%d: got %d %q %v", status, got.Status, got.Body, got.Header)
		}
	}
}

func TestWithoutASignatureNothingIsSaid(t *testing.T) {
	door := apitest.NewDoor(t, small(fine))
	for _, target := range []string{query("/calling/things:make"), "/calling/things:make", query("/nowhere"), "/", "/console/", "/health/other"} {
		r, err := http.NewRequest("POST", door.URL+target, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		got := door.Do(r)
		if code, message, _ := got.Error(); got.Status != http.StatusUnauthorized || code != "7509" || !strings.Contains(message, "Authorization header is missing") {
			t.Errorf("%s: got %d %s", target, got.Status, got.Body)
		}
		if got.Header.Get("x-ms-error-code") != "7509" {
			t.Errorf("x-ms-error-code is %q", got.Header.Get("x-ms-error-code"))
		}
		if got.Header.Get("WWW-Authenticate") != "HMAC-SHA256" {
			t.Errorf("%s: WWW-Authenticate is %q", target, got.Header.Get("WWW-Authenticate"))
		}
	}
}

func TestABearerTokenIsRefusedAsSuch(t *testing.T) {
	door := apitest.NewDoor(t, small(fine))
	got := door.Send("POST", query("/calling/things:make"), "{}", "Authorization: Bearer abc")
	if code, _, _ := got.Error(); got.Status != http.StatusUnauthorized || code != "7501" {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestABodyThatWasNotSignedIsRefused(t *testing.T) {
	door := apitest.NewDoor(t, small(fine))
	target := query("/calling/things:make")
	r, err := http.NewRequest("POST", door.URL+target, strings.NewReader(`{"another":1}`))
	if err != nil {
		t.Fatal(err)
	}
	apitest.Sign(r, target, "{}")
	if code, message, _ := door.Do(r).Error(); code != "7509" || !strings.Contains(message, "body does not hash") {
		t.Errorf("got %s %s", code, message)
	}
}

func TestTheVersionIsNeededAndKnown(t *testing.T) {
	door := apitest.NewDoor(t, small(fine))
	for target, says := range map[string]string{
		"/calling/things:make":                        "is missing in the query; known are 2023-03-06, 2026-03-12",
		"/calling/things:make?api-version=":           "is missing",
		"/calling/things:make?api-version=2021-06-15": `"2021-06-15" is not known; known are 2023-03-06, 2026-03-12`,
	} {
		got := door.Send("POST", target, "{}")
		code, message, field := got.Error()
		if got.Status != http.StatusBadRequest || code != "8523" || field != "api-version" || !strings.Contains(message, says) {
			t.Errorf("%s: got %d %s", target, got.Status, got.Body)
		}
	}
	if got := door.Send("POST", "/calling/things:make?api-version=2023-03-06", "{}"); got.Status != http.StatusOK {
		t.Errorf("an old version: %d %s", got.Status, got.Body)
	}
}

func TestPathsAreReadAsTheyAreOnTheWire(t *testing.T) {
	var read []string
	door := apitest.NewDoor(t, small(func(_ context.Context, r *api.Request) (api.Response, error) {
		read = []string{r.Param("callConnectionId"), r.Param("rawId")}
		return api.Response{Status: http.StatusOK}, nil
	}))
	for _, c := range []struct {
		method, path string
		status       int
		params       []string
	}{
		{"POST", "/calling/things/a:act", 200, []string{"a", ""}},
		{"POST", "/calling/things/a%3Aact", 200, []string{"a", ""}},
		{"POST", "/calling/things/a%2Fb%20c:act", 200, []string{"a/b c", ""}},
		{"POST", "/calling/things/a:b:act", 200, []string{"a:b", ""}},
		{"GET", "/calling/things/a%3Aact", 200, []string{"a:act", ""}},
		{"GET", "/calling/things/..", 200, []string{"..", ""}},
		{"GET", "/calling/things/a/children/4%3A%2B16041234567", 200, []string{"a", "4:+16041234567"}},
		{"GET", "/calling/things/a/children/4:+16041234567", 200, []string{"a", "4:+16041234567"}},
		{"GET", "/calling/things/a/children/8%3Aacs%3Ax%2Fy", 200, []string{"a", "8:acs:x/y"}},
		{"POST", "/calling/things/:act", 404, nil},
		{"POST", "/calling/things/a:other", 404, nil},
		{"POST", "/calling/things/a:ACT", 404, nil},
		{"POST", "/calling/things/a:act/", 404, nil},
		{"GET", "/calling/things/", 404, nil},
		{"GET", "/calling/things/a//children/b", 404, nil},
		{"GET", "/calling/Things/a", 404, nil},
		{"GET", "/nowhere", 404, nil},
		{"GET", "/calling/things:make", 405, nil},
		{"GET", "/calling/things/a:act", 405, nil},
		{"PUT", "/calling/things/a:act", 405, nil},
		{"DELETE", "/calling/things/a/children/b", 405, nil},
		{"DELETE", "/calling/things/a", 405, nil},
	} {
		read = nil
		got := door.Send(c.method, query(c.path), "")
		if got.Status != c.status || !reflect.DeepEqual(read, c.params) {
			t.Errorf("%s %s: got %d with %q, want %d with %q", c.method, c.path, got.Status, read, c.status, c.params)
		}
	}
}

func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	got := apitest.NewDoor(t, small(fine)).Send("DELETE", query("/calling/things/a"), "")
	if _, message, _ := got.Error(); !strings.Contains(message, "GET only") || got.Header.Get("Allow") != "GET" {
		t.Errorf("Allow is %q, and %s", got.Header.Get("Allow"), got.Body)
	}
}

func TestAnOperationThatIsNotBuiltSaysSo(t *testing.T) {
	got := apitest.NewDoor(t, small(fine)).Send("POST", query("/calling/things/a:later"), "{}")
	if code, message, _ := got.Error(); got.Status != http.StatusMethodNotAllowed || code != "8520" || !strings.Contains(message, "later is part of the published API") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestEveryRefusalHasItsStatusAndCode(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
		target string
		logged int
	}{
		"invalid":         {&call.Error{Kind: call.Invalid, Part: call.PartTargets, Reason: "r"}, 400, "8523", "targets", 0},
		"not found":       {&call.Error{Kind: call.NotFound, Reason: "r"}, 404, "8522", "", 0},
		"conflict":        {&call.Error{Kind: call.Conflict, Reason: "r"}, 409, "8519", "", 0},
		"not established": {&call.Error{Kind: call.NotEstablished, Reason: "r"}, 400, "8501", "", 0},
		"forbidden":       {&call.Error{Kind: call.Forbidden, Reason: "r"}, 403, "7504", "", 0},
		"stopping":        {&call.Error{Kind: call.Stopping, Reason: "r"}, 503, "8512", "", 0},
		"too busy":        {&call.Error{Kind: call.TooBusy, Reason: "r"}, 429, "8516", "", 0},
		"incompatible":    {&call.Error{Kind: call.Incompatible, Reason: "r"}, 412, "8583", "", 0},
		"not configured":  {&api.Refusal{Verdict: api.NotConfigured, Reason: "r"}, 405, "8522", "", 0},
		"wrapped":         {fmt.Errorf("do it: %w", &call.Error{Kind: call.NotFound, Reason: "r"}), 404, "8522", "", 0},
		"a field":         {wire.Fieldf("a.b[1]", "is missing"), 400, "8523", "a.b[1]", 0},
		"empty text":      {&api.Refusal{Verdict: api.EmptyText, Field: "text", Reason: "r"}, 400, "8582", "text", 0},
		"out of time":     {context.DeadlineExceeded, 503, "8512", "", 1},
		"client gone":     {context.Canceled, 503, "8512", "", 0},
		"kind unheard of": {&call.Error{Kind: 99, Reason: "secret"}, 500, "9999", "", 1},
		"anything else":   {errors.New("secret: disk is full"), 500, "9999", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			door := apitest.NewDoor(t, small(func(context.Context, *api.Request) (api.Response, error) { return api.Response{}, c.err }))
			got := door.Send("POST", query("/calling/things:make"), "{}", "x-ms-client-request-id: 77")
			code, message, target := got.Error()
			if got.Status != c.status || code != c.code || target != c.target || message == "" {
				t.Errorf("got %d %s", got.Status, got.Body)
			}
			if strings.Contains(got.Body, "secret") {
				t.Errorf("the answer tells a secret: %s", got.Body)
			}
			if got.Header.Get("x-ms-error-code") != c.code || got.Header.Get("x-ms-client-request-id") != "77" {
				t.Errorf("headers are %v", got.Header)
			}
			if retry := got.Header.Get("Retry-After"); (retry != "") != (c.status == 429 || c.status == 503) {
				t.Errorf("Retry-After is %q", retry)
			}
			if door.Log.Errors() != c.logged {
				t.Errorf("logged as an error %d times, want %d", door.Log.Errors(), c.logged)
			}
		})
	}
}

func TestEveryKindOfTheRulesHasAVerdict(t *testing.T) {
	// The kinds are numbered without gaps, so the first without a name is the end.
	for kind := call.Invalid; kind <= call.Incompatible; kind++ {
		door := apitest.NewDoor(t, small(func(context.Context, *api.Request) (api.Response, error) {
			return api.Response{}, &call.Error{Kind: kind, Reason: "r"}
		}))
		if got := door.Send("POST", query("/calling/things:make"), "{}"); got.Status >= 500 && kind != call.Stopping {
			t.Errorf("kind %d is answered %d", kind, got.Status)
		}
	}
}

func TestAPanicEndsOneRequestOnly(t *testing.T) {
	panics := true
	door := apitest.NewDoor(t, small(func(ctx context.Context, r *api.Request) (api.Response, error) {
		if panics {
			panic("secret")
		}
		return fine(ctx, r)
	}))
	got := door.Send("POST", query("/calling/things:make"), "{}")
	if code, _, _ := got.Error(); got.Status != http.StatusInternalServerError || code != "9999" || strings.Contains(got.Body, "secret") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	if door.Log.Errors() != 1 {
		t.Errorf("logged %d times", door.Log.Errors())
	}
	panics = false
	if got := door.Send("POST", query("/calling/things:make"), "{}"); got.Status != http.StatusOK {
		t.Errorf("the next request: %d", got.Status)
	}
}

func TestAnAnswerThatCannotBeEncodedIsInternal(t *testing.T) {
	door := apitest.NewDoor(t, small(func(context.Context, *api.Request) (api.Response, error) {
		return api.Response{Status: 200, Body: make(chan int)}, nil
	}))
	if got := door.Send("POST", query("/calling/things:make"), "{}"); got.Status != http.StatusInternalServerError {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestALargeBodyIsRefused(t *testing.T) {
	door := apitest.NewDoor(t, small(fine))
	for size, status := range map[int]int{1 << 20: http.StatusOK, 1<<20 + 1: http.StatusRequestEntityTooLarge} {
		if got := door.Send("POST", query("/calling/things:make"), strings.Repeat(" ", size)); got.Status != status {
			t.Errorf("%d bytes: got %d %s", size, got.Status, got.Body)
		}
	}
}

func TestRepeatabilityHeadersAreHeldToTheirForm(t *testing.T) {
	const id, sent = "Repeatability-Request-ID: 1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2", "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT"
	for _, c := range []struct {
		headers []string
		field   string // "" when it is fine
	}{
		{nil, ""},
		{[]string{id, sent}, ""},
		{[]string{strings.ToUpper(id), sent}, ""},
		{[]string{sent}, ""},
		{[]string{id}, "Repeatability-First-Sent"},
		{[]string{id, "Repeatability-First-Sent: 2026-09-15T11:36:15Z"}, "Repeatability-First-Sent"},
		{[]string{id, "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 CET"}, "Repeatability-First-Sent"},
		{[]string{"Repeatability-Request-ID: 1", sent}, "Repeatability-Request-ID"},
		{[]string{"Repeatability-Request-ID: {1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2}", sent}, "Repeatability-Request-ID"},
		{[]string{"Repeatability-Request-ID: 1d9c55a497e84a0ea2ca84f37b7fb5d2", sent}, "Repeatability-Request-ID"},
	} {
		got := apitest.NewDoor(t, small(fine)).Send("POST", query("/calling/things:make"), "{}", c.headers...)
		if code, _, field := got.Error(); c.field != "" && (got.Status != 400 || code != "8523" || field != c.field) || c.field == "" && got.Status != 200 {
			t.Errorf("%v: got %d %s", c.headers, got.Status, got.Body)
		}
	}
}

func TestTheSameIDIsTheSameRequestOfOneOperationOnly(t *testing.T) {
	var seen []string
	door := apitest.NewDoor(t, small(func(_ context.Context, r *api.Request) (api.Response, error) {
		seen = append(seen, r.Repeat.RequestID)
		return api.Response{Status: 200}, nil
	}))
	headers := []string{"Repeatability-Request-ID: 1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2", "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT"}
	door.Send("POST", query("/calling/things:make"), "{}", headers...)
	door.Send("POST", query("/calling/things:make"), "{}", headers...)
	door.Send("POST", query("/calling/things/a:act"), "{}", headers...)
	door.Send("POST", query("/calling/things/a:act"), "{}")
	if seen[0] == "" || seen[0] != seen[1] || seen[2] == seen[0] || seen[3] != "" {
		t.Errorf("requests are %q", seen)
	}
}

// acting gives a command to a call, as most operations do.
func acting(ctx context.Context, r *api.Request) (api.Response, error) {
	id := call.NewID([16]byte{1})
	_, err := r.Do(ctx, id.Key(), call.TerminateCall{})
	return api.Response{Status: http.StatusAccepted}, err
}

// TestTheAnswerIsSentBeforeTheGateOpens is promise 1, step by step.
func TestTheAnswerIsSentBeforeTheGateOpens(t *testing.T) {
	for name, fail := range map[string]func(call.Command) error{
		"accepted":  nil,
		"refused":   func(call.Command) error { return &call.Error{Kind: call.NotFound, Reason: "r"} },
		"panicking": func(call.Command) error { panic("in the switchboard") },
	} {
		t.Run(name, func(t *testing.T) {
			door := apitest.NewDoor(t, small(acting))
			var order []string
			note := func(what string) { order = append(order, what) }
			door.Gate.Noted = func(what string, _ call.Key) { note(what) }
			door.Calls.Saw = func(call.Command) { note("command") }
			door.Calls.Fail = fail
			target := query("/calling/things:make")
			r := httptest.NewRequest("POST", target, strings.NewReader("{}"))
			apitest.Sign(r, target, "{}")
			door.API.ServeHTTP(&noting{ResponseRecorder: httptest.NewRecorder(), note: note}, r)
			if want := "hold command write flush release"; strings.Join(order, " ") != want {
				t.Errorf("in order: %v, want %s", order, want)
			}
			if door.Gate.Held() != 0 {
				t.Error("the gate is still held")
			}
		})
	}
}

type noting struct {
	*httptest.ResponseRecorder
	note func(string)
}

func (n *noting) Write(b []byte) (int, error) {
	n.note("write")
	return n.ResponseRecorder.Write(b)
}

func (n *noting) Flush() {
	n.note("flush")
	n.ResponseRecorder.Flush()
}

// TestAClientHasItsWholeAnswerWhileTheGateIsHeld is promise 1 on a real
// connection: the gate's release waits for the client.
func TestAClientHasItsWholeAnswerWhileTheGateIsHeld(t *testing.T) {
	door := apitest.NewDoor(t, small(func(ctx context.Context, r *api.Request) (api.Response, error) {
		_, _ = r.Do(ctx, call.NewID([16]byte{1}).Key(), call.TerminateCall{})
		return api.Response{Status: http.StatusOK, Body: strings.Repeat("x", 100_000)}, nil
	}))
	answered, released := make(chan struct{}), make(chan struct{})
	answer := sync.OnceFunc(func() { close(answered) })
	defer answer()
	door.Gate.Noted = func(what string, _ call.Key) {
		if what == "release" {
			<-answered
			close(released)
		}
	}
	target := query("/calling/things:make")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // ends a test that has failed
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", door.URL+target, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	apitest.Sign(r, target, "{}")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("no answer while the gate is held: %v", err)
	}
	defer got.Body.Close()
	if body, err := io.ReadAll(got.Body); err != nil || len(body) != 100_002 {
		t.Fatalf("%d bytes while the gate is held: %v", len(body), err)
	}
	answer()
	select {
	case <-released:
	case <-ctx.Done():
		t.Error("the gate was never held")
	}
}

func TestACommandToAnIDThatCannotBeOursHoldsNothing(t *testing.T) {
	door := apitest.NewDoor(t, small(func(ctx context.Context, r *api.Request) (api.Response, error) {
		id := call.ConnectionID(r.Param("callConnectionId"))
		_, err := r.Do(ctx, id.Key(), call.TerminateCall{Connection: id})
		return api.Response{Status: 200}, err
	}))
	door.Calls.Saw = func(call.Command) { t.Error("the calls were asked") }
	door.Gate.Noted = func(string, call.Key) { t.Error("the gate was held") }
	got := door.Send("POST", query("/calling/things/x:act"), "{}")
	if code, message, _ := got.Error(); got.Status != 404 || code != "8522" || message != "Call not found." {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestKeysNeedNoCredentials(t *testing.T) {
	door := apitest.NewDoor(t, small(fine))
	for path, member := range map[string]string{
		access.OpenIDPath: "jwks_uri", access.KeysPath: "keys",
	} {
		got := get(t, door, "GET", path)
		var document map[string]any
		if err := json.Unmarshal([]byte(got.Body), &document); err != nil || got.Status != 200 || document[member] == nil {
			t.Errorf("%s: got %d %s", path, got.Status, got.Body)
		}
		if got := get(t, door, "POST", path); got.Status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: got %d", path, got.Status)
		}
	}
}

func TestHealthIsAskedWithoutCredentials(t *testing.T) {
	asked := ""
	a := api.New(api.Options{Health: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.URL.Path })})
	a.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/health/ready", nil))
	if asked != "/health/ready" {
		t.Errorf("health was asked for %q", asked)
	}
}

func TestTwoFamiliesMayNotClaimOneVersion(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("they may")
		}
	}()
	api.New(api.Options{Families: []api.Family{small(fine), small(fine)}})
}

func get(t *testing.T, door *apitest.Door, method, path string) apitest.Answer {
	t.Helper()
	r, err := http.NewRequest(method, door.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return door.Do(r)
}
