package telemetry

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheLogIsJSONWithTheIDsOfACall(t *testing.T) {
	var out bytes.Buffer
	log, err := NewLogger(&out, "info", "json")
	if err != nil {
		t.Fatal(err)
	}
	log.Debug("not this")
	log.Info("call answered", "call", "c1", "connection", "n1", "leg", "c1/1")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%s: %v", out.String(), err)
	}
	for key, want := range map[string]string{"msg": "call answered", "level": "INFO", "call": "c1", "connection": "n1", "leg": "c1/1"} {
		if line[key] != want {
			t.Errorf("%s is %v, want %s", key, line[key], want)
		}
	}
}

func TestWhatIsNotKnownIsLeftOutOfTheLog(t *testing.T) {
	for format, want := range map[string]string{"json": `"calls":0`, "text": "calls=0"} {
		var out bytes.Buffer
		log, err := NewLogger(&out, "info", format)
		if err != nil {
			t.Fatal(err)
		}
		log.With("call", "").Info("request", "connection", "", "calls", 0)
		if got := out.String(); strings.Contains(got, "call\"") || strings.Contains(got, "call=") || strings.Contains(got, "connection") || !strings.Contains(got, want) {
			t.Errorf("wrote %s", got)
		}
	}
}

func TestTheLogCanBeText(t *testing.T) {
	var out bytes.Buffer
	log, err := NewLogger(&out, "warn", "text")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("quiet")
	log.Warn("loud", slog.Int("n", 1))
	if got := out.String(); !strings.Contains(got, "msg=loud n=1") || strings.Contains(got, "quiet") {
		t.Errorf("wrote %q", got)
	}
}

func TestALogThatCannotBeIsRefused(t *testing.T) {
	if _, err := NewLogger(nil, "loud", "json"); err == nil {
		t.Error("level loud was accepted")
	}
	if _, err := NewLogger(nil, "info", "xml"); err == nil {
		t.Error("format xml was accepted")
	}
}

func TestHealthFollowsTheServer(t *testing.T) {
	health := NewHealth(nil)
	operator := OperatorHandler(NewMetrics("v1"), health)
	requireStatus := func(path string, code int, part string) {
		t.Helper()
		if got, body := get(operator, path); got != code || !strings.Contains(body, part) {
			t.Errorf("%s answers %d %s, want %d %s", path, got, body, code, part)
		}
	}
	requireStatus("/health/live", 200, `"live"`)
	requireStatus("/health/ready", 503, `"reason":"starting"`)
	health.Ready()
	requireStatus("/health/ready", 200, `"ready"`)
	health.NotReady("stopping")
	requireStatus("/health/ready", 503, `"reason":"stopping"`)
	requireStatus("/health/live", 200, `"live"`)
}

func TestMetricsAreReadWhenTheyAreScraped(t *testing.T) {
	metrics := NewMetrics("v1.2.3")
	calls := 0.0
	metrics.Add(func() []Figure { return []Figure{{Name: "calls", Help: "Calls now.", Value: calls}} })
	metrics.Add(func() []Figure {
		return []Figure{{Name: "trunk_calls", Help: "Calls on a trunk.", Labels: Labels{"trunk": "carrier"}, Value: 3},
			{Name: "trunk_refused", Help: "Calls that a trunk refused.", Labels: Labels{"trunk": "carrier"}, Value: 2, Counter: true}}
	})

	calls = 5
	_, body := get(OperatorHandler(metrics, NewHealth(nil)), "/metrics")
	for _, line := range []string{
		`strowger_build_info{version="v1.2.3"} 1`,
		`strowger_calls 5`,
		`strowger_trunk_calls{trunk="carrier"} 3`,
		`strowger_trunk_refused_total{trunk="carrier"} 2`,
		`go_goroutines `,
		`process_cpu_seconds_total `,
	} {
		if !strings.Contains(body, "\n"+line) {
			t.Errorf("no line %s", line)
		}
	}
}

func TestABrokenFigureHidesNoOther(t *testing.T) {
	metrics := NewMetrics("v1")
	metrics.Add(func() []Figure { return []Figure{{Name: "not a name", Help: "?"}, {Name: "fine", Help: "!"}} })
	if _, body := get(OperatorHandler(metrics, NewHealth(nil)), "/metrics"); !strings.Contains(body, "\nstrowger_fine 0") {
		t.Errorf("the good figure is missing in\n%s", body)
	}
}

func TestProfilesAreServedToTheOperator(t *testing.T) {
	operator := OperatorHandler(NewMetrics("v1"), NewHealth(nil))
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/goroutine?debug=1"} {
		if code, _ := get(operator, path); code != 200 {
			t.Errorf("%s answers %d", path, code)
		}
	}
	if code, _ := get(operator, "/calling/callConnections"); code != 404 {
		t.Errorf("the API answers %d on the operator's address", code)
	}
}

func TestHealthIsReadOnly(t *testing.T) {
	w := httptest.NewRecorder()
	NewHealth(nil).ServeHTTP(w, httptest.NewRequest(http.MethodPost, ReadyPath, nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST is answered %d %v", w.Code, w.Header())
	}
}

func get(h http.Handler, path string) (code int, body string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestReadinessSaysWhyNoNewCallsAreTaken(t *testing.T) {
	closed := "the disk is full"
	health := NewHealth(func() string { return closed })
	ready := func() (int, string) {
		w := httptest.NewRecorder()
		health.ServeHTTP(w, httptest.NewRequest(http.MethodGet, ReadyPath, nil))
		return w.Code, w.Body.String()
	}
	if code, body := ready(); code != 503 || !strings.Contains(body, "starting; the disk is full") {
		t.Errorf("at the start: %d %s", code, body)
	}
	health.Ready()
	if code, body := ready(); code != 503 || !strings.Contains(body, `"the disk is full"`) {
		t.Errorf("with a full disk: %d %s", code, body)
	}
	closed = ""
	if code, body := ready(); code != 200 {
		t.Errorf("when there is room again: %d %s", code, body)
	}
}
