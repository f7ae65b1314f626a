package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strowger/internal/chronicle"
	"strowger/internal/operator"
)

// answering is a server's operator address that answers with one thing.
func answering(t *testing.T, status int, body any) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestCallsAreListedWithHowLongTheyHaveBeen(t *testing.T) {
	at := time.Now().Add(-90 * time.Second)
	where := answering(t, http.StatusOK, chronicle.Calls{
		Calls: []chronicle.Summary{{Call: "8397ec56-0000-4000-8000-000000000000", Phase: "established", Began: at, Last: at, Participants: []string{"+15550100 joined"}, Connections: []string{"c1 connected"}}},
		More:  7,
	})
	code, out, err := strowger(t, nil, "calls", "--operator", where)
	if code != 0 {
		t.Fatalf("%d: %s", code, err)
	}
	requireSaid(t, out, "8397ec56-0000-4000-8000-000000000000  established  since ", ", 1m30s  +15550100 joined  connection c1 connected\n", "and 7 more")
}

func TestWhatACallHasToDoWithItsRecordingsIsListed(t *testing.T) {
	where := answering(t, http.StatusOK, chronicle.Calls{Calls: []chronicle.Summary{
		{Call: "1", Phase: "established", Recorded: true},
		{Call: "2", Phase: "ended", Finishing: 1},
		{Call: "3", Phase: "established", Finishing: 2},
	}})
	_, out, _ := strowger(t, nil, "calls", "--operator", where)
	requireSaid(t, out, "1  established, being recorded  ", "2  ended, its recording is being finished  ", "3  established, 2 recordings are being finished  ")
}

func TestACallIsToldALineEach(t *testing.T) {
	where := answering(t, http.StatusOK, chronicle.One{Lines: []chronicle.Line{
		{Call: "8397ec56-0000-4000-8000-000000000000", Kind: chronicle.Refused, Text: "play: two\nlines and \x1b[2J"},
	}})
	_, out, _ := strowger(t, nil, "calls", "8397ec56", "--operator", where)
	requireSaid(t, out, "  8397ec56  refused  play: two lines and  [2J\n")
	if strings.Count(out, "\n") != 2 {
		t.Errorf("what a far end wrote got a line of its own: %q", out)
	}
}

func TestWhatCannotBeAskedIsExplained(t *testing.T) {
	for want, args := range map[string][]string{
		"no such call": {"8397ec56", "--operator", answering(t, http.StatusNotFound, operator.Fault{Error: "no such call"})},
		"it is no operator's address of this version":    {"--operator", answering(t, http.StatusNotFound, nil)},
		"is the server running, and operator.listen set": {"--operator", "http://127.0.0.1:1"},
		`"here" is no URL like http://127.0.0.1:8081`:    {"--operator", "here"},
	} {
		code, _, err := strowger(t, nil, append([]string{"calls"}, args...)...)
		if code == 0 {
			t.Errorf("%v ends with 0", args)
		}
		requireSaid(t, err, want)
	}
}

func TestTheOperatorIsAskedWhereTheSettingsSay(t *testing.T) {
	for listen, want := range map[string]string{
		"":                      "http://127.0.0.1:8081/calls",
		"http://0.0.0.0:9090":   "http://127.0.0.1:9090/calls",
		"http://[::]:9090":      "http://127.0.0.1:9090/calls",
		"http://127.0.0.1:7000": "http://127.0.0.1:7000/calls",
	} {
		var environ []string
		if listen != "" {
			environ = []string{"STROWGER_OPERATOR_LISTEN=" + listen}
		}
		if got, err := (operatorAddress{}).address(terminal{environ: environ}, chronicle.Path); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", listen, got, err, want)
		}
	}
}

func TestTheLogOfDevLeavesOutWhatIsToldOfCalls(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(withoutCalls{Handler: slog.NewTextHandler(&out, nil)})
	log.Info("told 1", "call", "x")
	log.With("call", "x").Info("told 2")
	log.WithGroup("g").With("call", "x").With("other", 1).Info("told 3")
	log.Info("logged 1", "call", "")
	log.With("part", "nats").Info("logged 2")
	log.With("call", "x").Warn("logged 3")
	if got := out.String(); strings.Contains(got, "told") || strings.Count(got, "logged") != 3 {
		t.Errorf("logged\n%s", got)
	}
}
