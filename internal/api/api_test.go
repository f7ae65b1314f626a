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

	"github.com/google/uuid"

	"strowger/internal/access"
	"strowger/internal/api"
	"strowger/internal/api/apitest"
	"strowger/internal/call"
	"strowger/internal/wire"
)

const version = "2026-03-12"

// small is a family with one operation of each sort.
func small(serve api.Serve) api.Family { return answering(http.StatusOK, serve) }

// answering is small with another status of success.
func answering(status int, serve api.Serve) api.Family {
	return api.Family{Versions: []string{version, "2023-03-06"}, Codes: codes(), Params: map[string]string{"connection": "thingId", "participant": "childId"}, Operations: []api.Operation{
		{Name: "act", Method: "POST", Path: "/calling/things/{connection}:act", Status: status, Serve: serve},
		{Name: "read", Method: "GET", Path: "/calling/things/{connection}", Status: status, Serve: serve},
		{Name: "child", Method: "GET", Path: "/calling/things/{connection}/children/{participant}", Status: status, Serve: serve},
		{Name: "make", Method: "POST", Path: "/calling/things:make", Status: status, Serve: serve, Fields: map[call.Part]string{call.PartTargets: "targets"}},
		{Name: "later", Method: "POST", Path: "/calling/things/{connection}:later"},
	}}
}

// codes are those of no published family: the names of what is refused.
func codes() api.Codes {
	return api.Codes{
		Rules: map[call.Kind]api.Code{
			call.Invalid: {Status: 400, Code: "invalid"}, call.NotFound: {Status: 404, Code: "not-found"},
			call.Conflict: {Status: 409, Code: "conflict"}, call.NotEstablished: {Status: 400, Code: "not-established"},
			call.Forbidden: {Status: 403, Code: "forbidden"}, call.TooBusy: {Status: 429, Code: "busy"},
			call.Stopping: {Status: 503, Code: "stopping"}, call.OutOfService: {Status: 503, Code: "unavailable"}, call.Incompatible: {Status: 412, Code: "incompatible"},
			call.TransferConflict: {Status: 409, Code: "transferring"},
			call.NotSetUp:         {Status: 405, Code: "set-up"},
			call.Unsupported:      {Status: 405, Code: "unsupported"},
			call.OtherRequest:     {Status: 400, Code: "other"}, call.AlreadyRecording: {Status: 400, Code: "recording"},
		},
		Faults: map[api.Fault]api.Code{
			api.Unsigned: {Status: 401, Code: "unsigned"}, api.TokenRefused: {Status: 401, Code: "token"},
			api.BadField: {Status: 400, Code: "field"}, api.TooLarge: {Status: 413, Code: "large"},
			api.NoOperation: {Status: 404, Code: "nothing"}, api.WrongMethod: {Status: 405, Code: "method"},
			api.NotBuilt: {Status: 501, Code: "unbuilt"}, api.TooSlow: {Status: 503, Code: "slow"},
			api.Internal: {Status: 500, Code: "internal"},
		},
	}
}

func query(path string) string { return path + "?api-version=" + version }

func fine(context.Context, *api.Request) (api.Response, error) {
	return api.Response{Body: map[string]string{"a": "b"}}, nil
}

func TestAnAcceptedRequestIsAnsweredInFull(t *testing.T) {
	server := apitest.NewServer(t, answering(http.StatusCreated, func(context.Context, *api.Request) (api.Response, error) {
		return api.Response{Body: map[string]string{"a": "b"}, Call: "the-call"}, nil
	}))
	got := server.Send("POST", query("/calling/things:make"), "{}", "x-ms-client-request-id: 77",
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

func TestEveryAnswerBelowCallingHasAChainID(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	for target, want := range map[string]bool{query("/calling/things:make"): true, query("/calling/nothing"): true, query("/nowhere"): false} {
		got := server.Send("POST", target, "").Header.Get("X-Microsoft-Skype-Chain-ID")
		if _, err := uuid.Parse(got); (err == nil) != want {
			t.Errorf("%s was answered with the chain id %q", target, got)
		}
	}
}

func TestAnEmptyAnswerHasALengthAndNoType(t *testing.T) {
	for status, length := range map[int]string{http.StatusAccepted: "0", http.StatusNoContent: ""} {
		server := apitest.NewServer(t, answering(status, func(context.Context, *api.Request) (api.Response, error) {
			return api.Response{}, nil
		}))
		got := server.Send("POST", query("/calling/things:make"), "")
		if got.Status != status || got.Body != "" || got.Header.Get("Content-Type") != "" || got.Header.Get("Content-Length") != length {
			t.Errorf("%d: got %d %q %v", status, got.Status, got.Body, got.Header)
		}
	}
}

func TestWithoutASignatureNothingIsSaid(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	for _, target := range []string{query("/calling/things:make"), "/calling/things:make", query("/nowhere"), "/", "/console/", "/health/other"} {
		r, err := http.NewRequest("POST", server.URL+target, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		got := server.Do(r)
		if code, message, _ := got.Error(); got.Status != http.StatusUnauthorized || code != "unsigned" || !strings.Contains(message, "Authorization header is missing") {
			t.Errorf("%s: got %d %s", target, got.Status, got.Body)
		}
		if got.Header.Get("x-ms-error-code") != "unsigned" {
			t.Errorf("x-ms-error-code is %q", got.Header.Get("x-ms-error-code"))
		}
		if got.Header.Get("WWW-Authenticate") != "HMAC-SHA256" {
			t.Errorf("%s: WWW-Authenticate is %q", target, got.Header.Get("WWW-Authenticate"))
		}
	}
}

func TestABearerTokenIsRefusedAsSuch(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	got := server.Send("POST", query("/calling/things:make"), "{}", "Authorization: Bearer abc")
	if code, _, _ := got.Error(); got.Status != http.StatusUnauthorized || code != "token" {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestABodyThatWasNotSignedIsRefused(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	target := query("/calling/things:make")
	r, err := http.NewRequest("POST", server.URL+target, strings.NewReader(`{"another":1}`))
	if err != nil {
		t.Fatal(err)
	}
	apitest.Sign(r, target, "{}")
	if code, message, _ := server.Do(r).Error(); code != "unsigned" || !strings.Contains(message, "body does not hash") {
		t.Errorf("got %s %s", code, message)
	}
}

func TestTheVersionIsNeededAndKnown(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	for target, says := range map[string]string{
		"/calling/things:make":                        "is missing in the query; known are 2023-03-06, 2026-03-12",
		"/calling/things:make?api-version=":           "is missing",
		"/calling/things:make?api-version=2021-06-15": `"2021-06-15" is not known: use one of 2023-03-06, 2026-03-12`,
	} {
		got := server.Send("POST", target, "{}")
		code, message, field := got.Error()
		if got.Status != http.StatusBadRequest || code != "field" || field != "api-version" || !strings.Contains(message, says) {
			t.Errorf("%s: got %d %s", target, got.Status, got.Body)
		}
	}
	if got := server.Send("POST", "/calling/things:make?api-version=2023-03-06", "{}"); got.Status != http.StatusOK {
		t.Errorf("an old version: %d %s", got.Status, got.Body)
	}
}

func TestPathsAreReadAsTheyAreOnTheWire(t *testing.T) {
	var read []string
	server := apitest.NewServer(t, small(func(_ context.Context, r *api.Request) (api.Response, error) {
		read = []string{r.Param("connection"), r.Param("participant")}
		return api.Response{}, nil
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
		got := server.Send(c.method, query(c.path), "")
		if got.Status != c.status || !reflect.DeepEqual(read, c.params) {
			t.Errorf("%s %s: got %d with %q, want %d with %q", c.method, c.path, got.Status, read, c.status, c.params)
		}
	}
}

func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	got := apitest.NewServer(t, small(fine)).Send("DELETE", query("/calling/things/a"), "")
	if _, message, _ := got.Error(); !strings.Contains(message, "GET only") || got.Header.Get("Allow") != "GET" {
		t.Errorf("Allow is %q, and %s", got.Header.Get("Allow"), got.Body)
	}
}

func TestAnOperationThatIsNotBuiltSaysSo(t *testing.T) {
	got := apitest.NewServer(t, small(fine)).Send("POST", query("/calling/things/a:later"), "{}")
	if code, message, _ := got.Error(); got.Status != http.StatusNotImplemented || code != "unbuilt" || !strings.Contains(message, "later is part of the published API") {
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
		"invalid":         {&call.Error{Kind: call.Invalid, Part: call.PartTargets, Reason: "r"}, 400, "invalid", "targets", 0},
		"not found":       {&call.Error{Kind: call.NotFound, Reason: "r"}, 404, "not-found", "", 0},
		"conflict":        {&call.Error{Kind: call.Conflict, Reason: "r"}, 409, "conflict", "", 0},
		"not established": {&call.Error{Kind: call.NotEstablished, Reason: "r"}, 400, "not-established", "", 0},
		"forbidden":       {&call.Error{Kind: call.Forbidden, Reason: "r"}, 403, "forbidden", "", 0},
		"stopping":        {&call.Error{Kind: call.Stopping, Reason: "r"}, 503, "stopping", "", 0},
		"out of service":  {&call.Error{Kind: call.OutOfService, Reason: "r"}, 503, "unavailable", "", 0},
		"too busy":        {&call.Error{Kind: call.TooBusy, Reason: "r"}, 429, "busy", "", 0},
		"incompatible":    {&call.Error{Kind: call.Incompatible, Reason: "r"}, 412, "incompatible", "", 0},
		"a family's own":  {&api.Refusal{Code: api.Code{Status: 418, Code: "teapot"}, Field: "pot", Reason: "r"}, 418, "teapot", "pot", 0},
		"wrapped":         {fmt.Errorf("do it: %w", &call.Error{Kind: call.NotFound, Reason: "r"}), 404, "not-found", "", 0},
		"a field":         {wire.Fieldf("a.b[1]", "is missing"), 400, "field", "a.b[1]", 0},
		"out of time":     {context.DeadlineExceeded, 503, "slow", "", 1},
		"client gone":     {context.Canceled, 503, "slow", "", 0},
		"kind unheard of": {&call.Error{Kind: 99, Reason: "secret"}, 500, "internal", "", 1},
		"anything else":   {errors.New("secret: disk is full"), 500, "internal", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.NewServer(t, small(func(context.Context, *api.Request) (api.Response, error) { return api.Response{}, c.err }))
			got := server.Send("POST", query("/calling/things:make"), "{}", "x-ms-client-request-id: 77")
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
			if server.Log.Errors() != c.logged {
				t.Errorf("logged as an error %d times, want %d", server.Log.Errors(), c.logged)
			}
		})
	}
}

// A command whose time is over may still be carried out: the client is told so, and
// that it learns more when it asks again.
func TestACommandOfUnknownOutcomeIsNotSaidToHaveFailed(t *testing.T) {
	server := apitest.NewServer(t, small(api.Command(terminate, api.Nothing)))
	server.Calls.Instead = func(call.Command) (call.Answer, error) { return call.Answer{}, context.DeadlineExceeded }
	repeat := []string{"Repeatability-Request-ID: 5d1c4a8e-1111-4222-8333-444444444444", "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT"}
	got := server.Send("POST", query("/calling/things:make"), "{}", repeat...)
	_, message, _ := got.Error()
	if got.Status != 503 || got.Header.Get("Retry-After") == "" || !strings.Contains(message, "not known yet") || !strings.Contains(message, "Repeatability-Request-ID") {
		t.Errorf("got %d %v %s", got.Status, got.Header, got.Body)
	}
	if got.Header.Get("Repeatability-Result") != "" {
		t.Error("it was called accepted")
	}
	server.Calls.Instead = func(call.Command) (call.Answer, error) { return call.Answer{}, nil }
	if again := server.Send("POST", query("/calling/things:make"), "{}", repeat...); again.Status >= 300 {
		t.Errorf("asked again: %d %s", again.Status, again.Body)
	}
}

func TestAQuestionThatIsNotAnsweredInTimeIsOne(t *testing.T) {
	server := apitest.NewServer(t, small(func(ctx context.Context, r *api.Request) (api.Response, error) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		_, err := r.Look(ctx, call.NewID([16]byte{1}).Key())
		return api.Response{}, err
	}))
	got := server.Send("POST", query("/calling/things:make"), "{}")
	if code, message, _ := got.Error(); got.Status != 503 || code != "slow" || strings.Contains(message, "done") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestAFamilyHasACodeForEveryRefusal(t *testing.T) {
	for what, forget := range map[string]func(api.Codes){
		"kind":  func(c api.Codes) { delete(c.Rules, call.Conflict) },
		"fault": func(c api.Codes) { delete(c.Faults, api.TooSlow) },
	} {
		t.Run(what, func(t *testing.T) {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, "has no code for") {
					t.Errorf("it is served all the same: %s", said)
				}
			}()
			family := small(fine)
			forget(family.Codes)
			api.New(api.Config{Families: []api.Family{family}})
		})
	}
}

// TestEachFamilyAnswersInItsOwnWords puts a second family beside the first: it
// has its own versions, paths, statuses, codes and spelling, on the same calls.
func TestEachFamilyAnswersInItsOwnWords(t *testing.T) {
	refuse := api.Command(terminate, api.Nothing)
	const younger = "2031-01-01"
	second := api.Family{Versions: []string{younger}, Codes: codes(), Params: map[string]string{"connection": "thingId", "participant": "childId"}, Operations: []api.Operation{{
		Name: "finish", Method: "POST", Path: "/calling/things/{connection}/:finish", Status: 202, Serve: refuse,
		Fields: map[call.Part]string{call.PartTargets: "whom.all"},
	}}}
	second.Codes.Rules[call.Invalid] = api.Code{Status: 422, Code: "no-good"}
	second.Codes.Faults[api.Unsigned] = api.Code{Status: 403, Code: "who-are-you"}
	second.Codes.Faults[api.NoOperation] = api.Code{Status: 410, Code: "no-such-thing"}
	server := apitest.NewServer(t, small(refuse), second)
	server.Calls.Instead = func(call.Command) (call.Answer, error) {
		return call.Answer{}, &call.Error{Kind: call.Invalid, Part: call.PartTargets, Reason: "r"}
	}
	for _, c := range []struct {
		path, version       string
		headers             []string
		status              int
		code, target, named string
	}{
		{"/calling/things:make", version, nil, 400, "invalid", "targets", "targets: r"},
		{"/calling/things/a/:finish", younger, nil, 422, "no-good", "whom.all", "whom.all: r"},
		{"/calling/things/a/:finish", version, nil, 404, "nothing", "", "2026-03-12"},
		{"/calling/things:make", younger, nil, 410, "no-such-thing", "", "2031-01-01"},
		{"/calling/things:make", younger, []string{"Authorization: x"}, 403, "who-are-you", "", "HMAC"},
		{"/calling/things:make", "2030-01-01", []string{"Authorization: x"}, 401, "unsigned", "", "HMAC"},
		{"/calling/things:make", "2030-01-01", nil, 400, "field", "api-version", "2023-03-06, 2026-03-12, 2031-01-01"},
	} {
		got := server.Send("POST", c.path+"?api-version="+c.version, "{}", c.headers...)
		code, message, target := got.Error()
		if got.Status != c.status || code != c.code || target != c.target || !strings.Contains(message, c.named) {
			t.Errorf("%s of %s: got %d %s", c.path, c.version, got.Status, got.Body)
		}
	}
}

func TestTheLogSaysOfARefusalWhatItsAnswerSaid(t *testing.T) {
	server := apitest.NewServer(t, small(func(context.Context, *api.Request) (api.Response, error) {
		return api.Response{}, wire.Fieldf("targets[0].id", "is no identifier")
	}))
	server.Send("POST", query("/calling/things:make"), "{}")
	server.Send("POST", "/calling/things:make?api-version=2026-03-12", "{}", "Authorization: x")
	for _, want := range []string{
		`level=WARN msg="a request was refused" operation=make status=400`,
		`code=field field=targets[0].id why="targets[0].id: is no identifier"`,
		`status=401`, `code=unsigned field="" why="`,
	} {
		if !strings.Contains(server.Log.Text(), want) {
			t.Errorf("the log does not say %q:\n%s", want, server.Log.Text())
		}
	}
}

func TestAPanicEndsOneRequestOnly(t *testing.T) {
	panics := true
	server := apitest.NewServer(t, small(func(ctx context.Context, r *api.Request) (api.Response, error) {
		if panics {
			panic("secret")
		}
		return fine(ctx, r)
	}))
	got := server.Send("POST", query("/calling/things:make"), "{}")
	if code, _, _ := got.Error(); got.Status != http.StatusInternalServerError || code != "internal" || strings.Contains(got.Body, "secret") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	if server.Log.Errors() != 1 {
		t.Errorf("logged %d times", server.Log.Errors())
	}
	panics = false
	if got := server.Send("POST", query("/calling/things:make"), "{}"); got.Status != http.StatusOK {
		t.Errorf("the next request: %d", got.Status)
	}
}

func TestAnAnswerThatCannotBeEncodedIsInternal(t *testing.T) {
	server := apitest.NewServer(t, small(func(context.Context, *api.Request) (api.Response, error) {
		return api.Response{Body: make(chan int)}, nil
	}))
	if got := server.Send("POST", query("/calling/things:make"), "{}"); got.Status != http.StatusInternalServerError {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestALargeBodyIsRefused(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	for size, status := range map[int]int{1280 << 10: http.StatusOK, 1280<<10 + 1: http.StatusRequestEntityTooLarge} {
		if got := server.Send("POST", query("/calling/things:make"), strings.Repeat(" ", size)); got.Status != status {
			t.Errorf("%d bytes: got %d %s", size, got.Status, got.Body)
		}
	}
}

func TestALongPathIsRefusedByTheNameOfItsParameter(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	long := strings.Repeat("x", 257)
	for path, field := range map[string]string{
		"/calling/things/" + long:                                           "thingId",
		"/calling/things/a/children/" + long:                                "childId",
		"/calling/things/a/children/" + long[1:]:                            "",
		"/calling/things/a/children/" + strings.Repeat("%C3%A5", 256):       "",
		"/calling/things/a/children/" + strings.Repeat("%C3%A5", 256) + "a": "childId",
	} {
		got := server.Send("GET", query(path), "")
		if _, _, named := got.Error(); field == "" && got.Status != http.StatusOK || field != "" && (got.Status != http.StatusBadRequest || named != field) {
			t.Errorf("%.60s…: got %d %s, want %q named", path, got.Status, got.Body, field)
		}
	}
}

func TestAFamilyWhoseRequestsHaveNoBoundsIsRefused(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "Name") {
			t.Errorf("it was taken, or not told: %v", p)
		}
	}()
	api.Command(func(*api.Request, struct{ Name string }) (api.Order, error) { return api.Order{}, nil }, api.Nothing)
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
		{[]string{id, "Repeatability-First-Sent: " + strings.Repeat("x", 5000)}, "Repeatability-First-Sent"},
		{[]string{"Repeatability-Request-ID: " + strings.Repeat("1", 5000), sent}, "Repeatability-Request-ID"},
		{[]string{id, "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 CET"}, "Repeatability-First-Sent"},
		{[]string{"Repeatability-Request-ID: 1", sent}, "Repeatability-Request-ID"},
		{[]string{"Repeatability-Request-ID: {1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2}", sent}, "Repeatability-Request-ID"},
		{[]string{"Repeatability-Request-ID: 1d9c55a497e84a0ea2ca84f37b7fb5d2", sent}, "Repeatability-Request-ID"},
	} {
		got := apitest.NewServer(t, small(fine)).Send("POST", query("/calling/things:make"), "{}", c.headers...)
		if code, _, field := got.Error(); c.field != "" && (got.Status != 400 || code != "field" || field != c.field) || c.field == "" && got.Status != 200 {
			t.Errorf("%v: got %d %s", c.headers, got.Status, got.Body)
		}
	}
}

// An ID stands for one request: its method, path and body.
func TestAnIDStandsForOneRequest(t *testing.T) {
	var seen []call.Repeatable
	server := apitest.NewServer(t, small(func(_ context.Context, r *api.Request) (api.Response, error) {
		seen = append(seen, r.Repeatable)
		return api.Response{}, nil
	}))
	headers := []string{"Repeatability-Request-ID: 1d9c55a4-97e8-4a0e-a2ca-84f37b7fb5d2", "Repeatability-First-Sent: Tue, 15 Sep 2026 11:36:15 GMT"}
	server.Send("POST", query("/calling/things:make"), "{}", headers...)
	server.Send("POST", query("/calling/things:make"), "{}", headers...)
	server.Send("POST", query("/calling/things:make"), `{"a":1}`, headers...)
	server.Send("POST", query("/calling/things/a:act"), "{}", headers...)
	server.Send("POST", query("/calling/things/a:act"), "{}")
	if seen[0].RequestID == "" || seen[0] != seen[1] || seen[4] != (call.Repeatable{}) {
		t.Errorf("requests are %q", seen)
	}
	if seen[0].Digest == seen[2].Digest || seen[0].Digest == seen[3].Digest || seen[2].Digest == seen[3].Digest {
		t.Errorf("different requests have the same digest: %q", seen)
	}
}

// terminate is an order for a call that is not there.
func terminate(*api.Request, api.NoBody) (api.Order, error) {
	id := call.NewID([16]byte{1})
	return api.Order{Key: id.Key(), Command: call.TerminateCall{}}, nil
}

// TestTheAnswerIsSentBeforeEventsAreLetGo is promise 1, step by step.
func TestTheAnswerIsSentBeforeEventsAreLetGo(t *testing.T) {
	for name, c := range map[string]struct {
		fail error
		show func(call.Answer) api.Response
	}{
		"accepted":  {nil, api.Nothing},
		"refused":   {&call.Error{Kind: call.NotFound, Reason: "r"}, api.Nothing},
		"panicking": {nil, func(call.Answer) api.Response { panic("while the answer is made") }},
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.NewServer(t, small(api.Command(terminate, c.show)))
			var order []string
			note := func(what string) { order = append(order, what) }
			server.Calls.Noted = func(what string, _ call.Key) { note(what) }
			server.Calls.Saw = func(call.Command) { note("command") }
			server.Calls.Instead = func(call.Command) (call.Answer, error) { return call.Answer{}, c.fail }
			target := query("/calling/things:make")
			r := httptest.NewRequest("POST", target, strings.NewReader("{}"))
			apitest.Sign(r, target, "{}")
			server.API.ServeHTTP(&noting{ResponseRecorder: httptest.NewRecorder(), note: note}, r)
			if want := "hold command write flush release"; strings.Join(order, " ") != want {
				t.Errorf("in order: %v, want %s", order, want)
			}
			if server.Calls.Held() != 0 {
				t.Error("events are still held back")
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

// TestAClientHasItsWholeAnswerWhileEventsAreHeld is promise 1 on a real
// connection: the release waits for the client.
func TestAClientHasItsWholeAnswerWhileEventsAreHeld(t *testing.T) {
	server := apitest.NewServer(t, small(api.Command(terminate, func(call.Answer) api.Response {
		return api.Response{Body: strings.Repeat("x", 100_000)}
	})))
	server.Calls.Instead = func(call.Command) (call.Answer, error) { return call.Answer{}, nil }
	answered, released := make(chan struct{}), make(chan struct{})
	answer := sync.OnceFunc(func() { close(answered) })
	defer answer()
	server.Calls.Noted = func(what string, _ call.Key) {
		if what == "release" {
			<-answered
			close(released)
		}
	}
	target := query("/calling/things:make")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // ends a test that has failed
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", server.URL+target, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	apitest.Sign(r, target, "{}")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatalf("no answer while events are held: %v", err)
	}
	defer got.Body.Close()
	if body, err := io.ReadAll(got.Body); err != nil || len(body) != 100_002 {
		t.Fatalf("%d bytes while events are held: %v", len(body), err)
	}
	answer()
	select {
	case <-released:
	case <-ctx.Done():
		t.Error("events were never held")
	}
}

func TestACommandToAnIDThatCannotBeOursHoldsNothing(t *testing.T) {
	server := apitest.NewServer(t, small(api.Command(func(r *api.Request, _ api.NoBody) (api.Order, error) {
		id := call.ConnectionID(r.Param("connection"))
		return api.Order{Key: id.Key(), Command: call.TerminateCall{Connection: id}}, nil
	}, api.Nothing)))
	server.Calls.Saw = func(call.Command) { t.Error("the calls were asked") }
	server.Calls.Noted = func(string, call.Key) { t.Error("events were held back") }
	got := server.Send("POST", query("/calling/things/x:act"), "{}")
	if code, message, _ := got.Error(); got.Status != 404 || code != "not-found" || message != "Call not found." {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
}

func TestKeysNeedNoCredentials(t *testing.T) {
	server := apitest.NewServer(t, small(fine))
	for path, member := range map[string]string{
		access.OpenIDPath: "jwks_uri", access.KeysPath: "keys",
	} {
		got := get(t, server, "GET", path)
		var document map[string]any
		if err := json.Unmarshal([]byte(got.Body), &document); err != nil || got.Status != 200 || document[member] == nil {
			t.Errorf("%s: got %d %s", path, got.Status, got.Body)
		}
		if got := get(t, server, "POST", path); got.Status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: got %d", path, got.Status)
		}
	}
}

func TestHealthIsAskedWithoutCredentials(t *testing.T) {
	asked := ""
	a := api.New(api.Config{Health: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.URL.Path })})
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
	api.New(api.Config{Families: []api.Family{small(fine), small(fine)}})
}

func get(t *testing.T, server *apitest.Server, method, path string) apitest.Answer {
	t.Helper()
	r, err := http.NewRequest(method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return server.Do(r)
}
