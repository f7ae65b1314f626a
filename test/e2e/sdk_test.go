package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/port"
	"strowger/test/server"
)

// Each of these gives the scenarios of test/sdk/scenarios.txt, as they are
// written for one SDK, a server and phones. test/sdk/README.md says how.

// javaScriptSDKs are the versions that are tried, with what each speaks.
var javaScriptSDKs = map[string]string{
	"1.0.0": "2023-03-06",
	"1.2.0": "2024-04-15",
	"1.5.1": "2025-06-15",
	"1.6.0": "2026-03-12",
}

func TestJavaScriptSDK(t *testing.T) {
	t.Parallel()
	for version, speaks := range javaScriptSDKs {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			runScenarios(t, speaks, javaScript(t, version, "run.js"))
		})
	}
}

func TestPythonSDK(t *testing.T) {
	t.Parallel()
	runScenarios(t, "2026-03-12", python(t, "run.py"))
}

func TestJavaSDK(t *testing.T) {
	t.Parallel()
	runScenarios(t, "2023-03-06", exec.Command("java", "-cp", javaClassPath(t), "Scenarios"))
}

const carrierNumber = "+15551230009"

// recordingHost is a name that the SDKs which look at it send their signatures to
// (docs/recordings.md). The programs of the scenarios know that it is this machine.
const recordingHost = "recordings.strowger.asm.skype.com"

// runScenarios runs those that an SDK can do that speaks this api-version, and
// reports each as a test of its own.
func runScenarios(t *testing.T, speaks string, runner *exec.Cmd) {
	t.Helper()
	rows := scenarios(t, speaks)
	webhookPort := port.Free()
	absent, away := server.User{Name: "absent", ID: newID()}, server.User{Name: "away", ID: newID()}
	// Nothing listens there, and TCP says so at once.
	unreachable := trunkTo("+1666", fmt.Sprintf("127.0.0.1:%d", port.Free()))
	unreachable.Transport = "tcp"
	s := server.Start(t, server.Config{
		Lab:           true,
		HTTPS:         true,
		RecordingHost: recordingHost,
		Users:         []server.User{alice, bob, carol, absent, away},
		Trunks:        []server.Trunk{carrier(), unreachable},
		Environment:   []string{"STROWGER_SPEECH_RECOGNIZER_ENGINE=http", "STROWGER_SPEECH_RECOGNIZER_URL=" + recognizer(t, inEnglishAndGerman)},
		EventGrid: []server.Subscription{{
			URL: fmt.Sprintf("http://127.0.0.1:%d/events", webhookPort), EventTypes: []string{"Microsoft.Communication.IncomingCall", "Microsoft.Communication.RecordingFileStatusUpdated"},
		}},
	})
	w := &world{Server: s, t: t}
	control := httptest.NewServer(phoneControl(map[string]*phone.Phone{
		"alice":   w.phoneOf(alice, phone.Config{ToneHz: toneOfA, AutoAnswer: true}),
		"bob":     w.phoneOf(bob, phone.Config{AutoAnswer: true}),
		"carol":   w.phoneOf(carol, phone.Config{ToneHz: toneOfC, AutoAnswer: true}),
		"carrier": phone.Start(t, phone.Config{Name: carrierNumber, ToneHz: toneOfB}),
		"guest":   w.vacantPhone(),
	}))
	t.Cleanup(control.Close)
	options, err := json.Marshal(map[string]any{
		"connectionString":      "endpoint=" + s.SecureURL + "/;accesskey=" + server.AccessKey,
		"plainConnectionString": s.ConnectionString(),
		"speaks":                speaks,
		"endpoint":              s.URL, "resourceId": server.ResourceID, "port": webhookPort,
		"recordingHost": recordingHost,
		"phones":        control.URL, "ourUri": s.URI(ours), "carrierNumber": carrierNumber,
		"users": map[string]string{
			"alice": alice.RawID(), "bob": bob.RawID(), "carol": carol.RawID(), "absent": absent.RawID(), "away": away.RawID(),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	runner.Env = slices.Concat(runner.Environ(), trusting(s), []string{"SCENARIO_OPTIONS=" + string(options), "JDK_JAVA_OPTIONS=-Djdk.net.hosts.file=" + hostsFile(t)})
	// Apart: what a library complains of would end up in the midst of a line.
	var said, complaints bytes.Buffer
	runner.Stdout, runner.Stderr = &said, &complaints
	err = runner.Run()
	report(t, rows, said.String())
	if err != nil {
		t.Errorf("the scenarios ended with %v", err)
	}
	if t.Failed() {
		t.Logf("the runner complained:\n%s", &complaints)
	}
}

// hostsFile is one by which Java finds this machine under the name of recordings.
func hostsFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte("127.0.0.1 localhost "+recordingHost+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// trusting is what `strowger dev` prints for each language.
func trusting(s *server.Server) []string {
	ca := filepath.Join(s.DataDir, "ca")
	return []string{
		"NODE_EXTRA_CA_CERTS=" + filepath.Join(ca, "ca.pem"),
		"REQUESTS_CA_BUNDLE=" + filepath.Join(ca, "ca.pem"),
		"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=" + filepath.Join(ca, "truststore.p12"),
	}
}

// scenarios are the rows of the table that an SDK can do that speaks this
// api-version.
func scenarios(t *testing.T, speaks string) []string {
	t.Helper()
	table, err := os.ReadFile(filepath.Join(server.Root(), "test", "sdk", "scenarios.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(table)) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] != "#" && fields[0] <= speaks {
			names = append(names, strings.Join(fields[2:], " "))
		}
	}
	return names
}

// report turns the runner's lines into tests.
func report(t *testing.T, rows []string, output string) {
	t.Helper()
	outcomes := outcomesIn(output)
	for _, name := range rows {
		why, ran := outcomes[name]
		t.Run(name, func(t *testing.T) {
			if !ran {
				t.Error("it was not run")
			} else if why != "" {
				t.Error(why)
			}
		})
	}
	for name := range outcomes {
		if !slices.Contains(rows, name) {
			t.Errorf("scenarios.txt has no %q for this SDK", name)
		}
	}
	if len(outcomes) == 0 {
		t.Errorf("no scenario ran:\n%s", output)
	}
}

// outcomesIn says why each scenario failed; those that passed have no reason.
func outcomesIn(output string) map[string]string {
	outcomes := make(map[string]string)
	failing := ""
	for line := range strings.Lines(output) {
		if name, ok := strings.CutPrefix(line, "ok - "); ok {
			name, _, _ = strings.Cut(name, " (")
			outcomes[strings.TrimSpace(name)], failing = "", ""
		} else if name, ok := strings.CutPrefix(line, "not ok - "); ok {
			failing = strings.TrimSpace(name)
			outcomes[failing] = "failed:\n"
		} else if failing != "" && strings.HasPrefix(line, "  ") {
			outcomes[failing] += line
		}
	}
	return outcomes
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

// phoneControl lets the scenarios, which run in another process, drive phones and
// listen to files.
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
	mux.HandleFunc("POST /tone", func(w http.ResponseWriter, r *http.Request) {
		length, err := toneIn(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]int64{"milliseconds": length.Milliseconds()})
	})
	return mux
}

// toneIn is for how long the tone of r's query sounds in the WAV file of its body.
func toneIn(r *http.Request) (time.Duration, error) {
	hz, err := strconv.ParseFloat(r.URL.Query().Get("hz"), 64)
	if err != nil {
		return 0, fmt.Errorf("read hz: %w", err)
	}
	file, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, fmt.Errorf("read the file: %w", err)
	}
	sound, err := heard.Decode(file)
	if err != nil {
		return 0, fmt.Errorf("decode %d bytes: %w", len(file), err)
	}
	return sound.ToneLength(hz), nil
}

func order(p *phone.Phone, r *http.Request) (any, error) {
	number := func(name string) int {
		n, _ := strconv.Atoi(r.FormValue(name))
		return n
	}
	switch r.PathValue("action") {
	case "enter":
		return nil, p.Enter(r.FormValue("user"), r.FormValue("password"))
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
	case "tones":
		return nil, p.WaitTones(r.FormValue("tones"))
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
