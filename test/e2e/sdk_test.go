package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"strowger/test/phone"
	"strowger/test/port"
	"strowger/test/server"
)

// The scenarios are in test/sdk/javascript; this test gives them a server and
// phones, and reports each scenario as a test of its own.
func TestJavaScriptSDK(t *testing.T) {
	t.Parallel()
	const carrierNumber = "+15551230009"
	directory := filepath.Join(server.Root(), "test", "sdk", "javascript")
	needModules(t, directory)
	webhookPort := port.Free()
	absent := server.User{Name: "absent", ID: newID()}
	// Nothing listens there, and TCP says so at once.
	unreachable := trunkTo("+1666", fmt.Sprintf("127.0.0.1:%d", port.Free()))
	unreachable.Transport = "tcp"
	s := server.Start(t, server.Config{
		Lab:    true,
		Users:  []server.User{alice, bob, carol, absent},
		Trunks: []server.Trunk{carrier(), unreachable},
		EventGrid: []server.Subscription{{
			URL: fmt.Sprintf("http://127.0.0.1:%d/events", webhookPort), EventTypes: []string{"Microsoft.Communication.IncomingCall"},
		}},
	})
	w := &world{Server: s, t: t}
	phones := map[string]*phone.Phone{
		"alice":   w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true}),
		"bob":     w.phoneOf(bob, phone.Config{AutoAnswer: true}),
		"carol":   w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true}),
		"carrier": phone.Start(t, phone.Config{Name: carrierNumber, ToneHz: toneOfB}),
	}
	control := httptest.NewServer(phoneControl(phones))
	t.Cleanup(control.Close)
	options, err := json.Marshal(map[string]any{
		"connectionString": s.ConnectionString(), "endpoint": s.URL, "resourceId": server.ResourceID, "port": webhookPort,
		"phones": control.URL, "ourUri": s.URI(ours), "carrierNumber": carrierNumber,
		"users": map[string]string{"alice": alice.RawID(), "bob": bob.RawID(), "carol": carol.RawID(), "absent": absent.RawID()},
	})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", "run.js")
	command.Dir = directory
	command.Env = append(os.Environ(), "SCENARIO_OPTIONS="+string(options))
	output, err := command.CombinedOutput()
	report(t, string(output))
	if err != nil {
		t.Errorf("the scenarios ended with %v", err)
	}
}

// report turns the runner's lines into tests.
func report(t *testing.T, output string) {
	t.Helper()
	names := 0
	lines := bufio.NewScanner(strings.NewReader(output))
	var failed []string
	for lines.Scan() {
		line := lines.Text()
		switch name, ok := strings.CutPrefix(line, "ok - "); {
		case ok:
			names++
			t.Run(strings.TrimSpace(strings.Split(name, " (")[0]), func(*testing.T) {})
		case strings.HasPrefix(line, "not ok - "):
			names++
			failed = append(failed, strings.TrimPrefix(line, "not ok - "))
		case len(failed) > 0 && strings.HasPrefix(line, "  "):
			failed[len(failed)-1] += "\n" + line
		}
	}
	for _, f := range failed {
		name, why, _ := strings.Cut(f, "\n")
		t.Run(name, func(t *testing.T) { t.Error(why) })
	}
	if names == 0 {
		t.Errorf("no scenario ran:\n%s", output)
	}
}

func needModules(t *testing.T, directory string) {
	t.Helper()
	if err := server.Watch(directory); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(directory, "node_modules")); err != nil {
		t.Fatalf("%s has no modules: `make install`, or `npm ci` there", directory)
	}
}

// phoneControl lets the scenarios, which run in another process, drive phones.
func phoneControl(phones map[string]*phone.Phone) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /phones/{name}/{action}", func(w http.ResponseWriter, r *http.Request) {
		p, known := phones[r.PathValue("name")]
		if !known {
			http.Error(w, "no such phone", http.StatusNotFound)
			return
		}
		answer, err := order(p, r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		if answer != nil {
			_ = json.NewEncoder(w).Encode(answer)
		}
	})
	return mux
}

func order(p *phone.Phone, r *http.Request) (any, error) {
	number := func(name string) int {
		n, _ := strconv.Atoi(r.FormValue(name))
		return n
	}
	switch r.PathValue("action") {
	case "dial":
		p.Dial(r.FormValue("to"))
	case "answer":
		p.Answer()
	case "hangup":
		p.HangUp()
	case "press":
		p.Press(r.FormValue("tones"))
	case "count":
		return map[string]int{"count": p.Count(r.FormValue("type"))}, nil
	case "await":
		event, err := p.Wait(r.FormValue("type"), number("n"))
		if err != nil {
			return nil, fmt.Errorf("await %s: %w", r.FormValue("type"), err)
		}
		return map[string]string{"type": event.Type, "param": event.Parameter}, nil
	case "heard":
		return nil, p.WaitHeard(float64(number("hz")), time.Duration(number("milliseconds"))*time.Millisecond)
	default:
		return nil, fmt.Errorf("no order %s", r.PathValue("action"))
	}
	return nil, nil
}
