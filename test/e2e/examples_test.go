package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/port"
	"strowger/test/server"
	"strowger/test/wait"
)

// A hundred numbers of the lab, of every kind that it has.
func TestTheBroadcastCountsAHundredNumbers(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(server.Root(), "examples", "outage-broadcast")
	needModules(t, directory)
	s := server.Start(t, server.Config{Lab: true})
	var numbers strings.Builder
	list := func(kind string, count int) {
		for i := range count {
			fmt.Fprintf(&numbers, "%s%02d\n", kind, i)
		}
	}
	list("+15550104", 60) // press 1
	list("+15550106", 8)  // only talk
	list("+15550105", 8)  // hang up
	list("+15550101", 10) // are busy
	list("+15550102", 8)  // never answer
	list("+15550103", 6)  // decline
	file := filepath.Join(t.TempDir(), "numbers.txt")
	if err := os.WriteFile(file, []byte(numbers.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", "broadcast.js", file)
	command.Dir = directory
	command.Env = append(os.Environ(), "CONNECTION_STRING="+s.ConnectionString(), "PER_SECOND=10", "RETRY_AFTER_SECONDS=1")
	out, err := command.CombinedOutput()
	if code := command.ProcessState.ExitCode(); code != 1 {
		t.Errorf("not all have acknowledged, and it ends with %d (%v)", code, err)
	}
	const summary = `
100 numbers
   60 acknowledged
    8 heard it, and did not acknowledge
    8 hung up before the end
   10 busy
    8 did not answer
    6 could not be called
`
	if !strings.HasSuffix(string(out), summary) {
		t.Errorf("it printed\n%s", out)
	}
	// Who is busy or away is called twice, everybody else once.
	for what, want := range map[string]int{"busy": 20, "did not answer": 16, "acknowledged": 60, "could not be called": 6} {
		if got := len(regexp.MustCompile(`(?m)^\+\d+ `+what).FindAll(out, -1)); got != want {
			t.Errorf("%d calls ended with %q, want %d", got, what, want)
		}
	}
}

func TestTheMenuTakesKeysAndTransfersToAnAgent(t *testing.T) {
	t.Parallel()
	w := startMenu(t, "+15550106")
	recording := filepath.Join(t.TempDir(), "heard.wav")
	out := w.call("+15550100", "--press", "7,,,,,1,,,,,,,2", "--for", "25s", "--record", recording)
	w.requireSaid("4:+15550100 calls 4:"+ours, "the tone matches no choice", "4:+15550100 chose hours", "4:+15550100 chose agent",
		"4:+15550100 talks to +15550106", "4:+15550100 is gone")
	requirePrinted(t, out, "answered", "pressing 7", "pressing 1", "pressing 2", "hung up after 25.0 s")
}

func TestTheMenuGivesUpWithWhoPressesNothing(t *testing.T) {
	t.Parallel()
	w := startMenu(t, "+15550106")
	out := w.call("+15550100", "--for", "60s")
	silence := "4:+15550100 chose nothing: Action failed, initial silence timeout reached."
	w.requireSaid(silence, silence, silence, "4:+15550100 is gone")
	requirePrinted(t, out, "answered", "they hung up")
}

func TestTheMenuIsHeardAgainWhenTheAgentIsBusy(t *testing.T) {
	t.Parallel()
	w := startMenu(t, "+15550101")
	w.call("+15550100", "--press", "2,,,,,,,,1", "--for", "15s")
	w.requireSaid("4:+15550100 chose agent", "4:+15550100 was not transferred: ", "4:+15550100 chose hours", "4:+15550100 is gone")
}

// program is an example that runs until the test's end.
type program struct {
	t     *testing.T
	out   *syncBuffer
	ended chan struct{} // closed when it has
}

func run(t *testing.T, command *exec.Cmd) *program {
	t.Helper()
	p := &program{t: t, out: &syncBuffer{}, ended: make(chan struct{})}
	command.Stdout, command.Stderr = p.out, p.out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(p.ended); _ = command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%s printed:\n%s", command, p.out)
		}
	})
	return p
}

// requireSaid waits until the last has been printed, and looks at the order.
func (p *program) requireSaid(inOrder ...string) {
	p.t.Helper()
	last := inOrder[len(inOrder)-1]
	if err := wait.Until(server.Patience, p.ended, func() bool { return strings.Contains(p.out.String(), last) }); err != nil {
		p.t.Fatalf("%q was not printed: %v", last, err)
	}
	requirePrinted(p.t, p.out.String(), inOrder...)
}

// answering is an example in Python that answers calls, beside a server of its own.
type answering struct {
	*server.Server
	*program
}

func startMenu(t *testing.T, agent string) *answering {
	t.Helper()
	return startAnswering(t, "ivr", "ivr.py", "AGENT_NUMBER="+agent)
}

func startAnswering(t *testing.T, example, script string, environment ...string) *answering {
	t.Helper()
	directory := filepath.Join(server.Root(), "examples", example)
	if err := server.Watch(directory); err != nil {
		t.Fatal(err)
	}
	listen := port.Free()
	s := server.Start(t, server.Config{
		Lab: true, HTTPS: true, Trunks: []server.Trunk{carrier()},
		EventGrid: []server.Subscription{{URL: fmt.Sprintf("http://127.0.0.1:%d/events", listen)}},
	})
	w := &answering{Server: s}
	command := python(t, script)
	command.Dir = directory
	command.Env = append(command.Env, "PORT="+strconv.Itoa(listen),
		"CONNECTION_STRING=endpoint="+s.SecureURL+"/;accesskey="+server.AccessKey,
		"REQUESTS_CA_BUNDLE="+filepath.Join(s.DataDir, "ca", "ca.pem"))
	command.Env = append(command.Env, environment...)
	w.program = run(t, command)
	validated := func() bool { return strings.Contains(s.Log(), "the subscription is validated") }
	if err := wait.Until(server.Patience, w.ended, validated); err != nil {
		t.Fatalf("%s does not take events: %v", script, err)
	}
	return w
}

// call is a call of the lab to the example, from its beginning to its end.
func (w *answering) call(from string, args ...string) string {
	w.t.Helper()
	out, code := labCall(w.t, append([]string{ours, "--server", "udp://" + w.SIP, "--from", from}, args...)...)
	if code != 0 {
		w.t.Errorf("the call ends with %d:\n%s", code, out)
	}
	return out
}

// transcriber stands in for an OpenAI-compatible service. It takes sound of 16 kHz in
// one channel, in which a tone is, and says where the tone began.
func transcriber(t *testing.T, toneHz float64) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, _, err := r.FormFile("file")
		if err != nil || r.URL.Path != "/v1/audio/transcriptions" || r.FormValue("model") != "ears" || r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("asked %s %v: %v", r.URL, r.Form, err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		wav, err := io.ReadAll(file)
		if err != nil {
			t.Error(err)
		}
		channels, err := heard.DecodeAll(wav)
		if err != nil || len(channels) != 1 || channels[0].ToneLength(toneHz) < time.Second {
			t.Errorf("%d channels of %d bytes, %v", len(channels), len(wav), err)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"text": "A table for two.", "segments": []any{
			map[string]any{"start": 1.2, "text": " A table"}, map[string]any{"start": 61.9, "text": " for two."},
		}})
	}))
	t.Cleanup(s.Close)
	return s
}

func TestARecordedCallIsFetchedTranscribedAndDeleted(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	w := startAnswering(t, "record-and-transcribe", "record.py", "FOLDER="+folder, "TRANSCRIPTION_KEY=secret", "TRANSCRIPTION_MODEL=ears",
		"TRANSCRIPTION_URL="+transcriber(t, toneOfA).URL+"/v1/")
	w.recordedCall()
	w.requireSaid("4:"+carrierNumber+" calls 4:"+ours, "recording ", folder, " s\n", "4:"+carrierNumber+" was there from 0:00 to 0:0",
		"0:01 4:"+carrierNumber+": A table\n", "1:02 4:"+carrierNumber+": for two.\n", "is deleted where it was recorded")
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v are kept, %v", files, err)
	}
	if sound, err := heard.ReadFile(files[1]); err != nil || sound.ToneLength(toneOfA) < time.Second {
		t.Errorf("the caller is not heard in %s: %v", files[1], err)
	}
	if left := w.recordings(); len(left.Documents)+len(left.Unfinished) > 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestARecordedCallIsFetchedWithoutATranscriber(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	w := startAnswering(t, "record-and-transcribe", "record.py", "FOLDER="+folder)
	w.recordedCall()
	w.requireSaid("recording ", folder, "4:"+carrierNumber+" was there from 0:00 to 0:0", "is deleted where it was recorded")
}

// recordedCall is a call of the carrier's phone, of which two seconds are recorded.
func (w *answering) recordedCall() {
	w.t.Helper()
	caller := phone.Start(w.t, phone.Config{Name: carrierNumber, ToneHz: toneOfA})
	caller.Dial(w.URI(ours))
	recorded := func() bool {
		all := w.recordings().Unfinished
		return len(all) == 1 && all[0].Recorded >= 2*time.Second
	}
	if err := wait.Until(server.Patience, nil, recorded); err != nil {
		w.t.Fatalf("nothing is recorded: %v\n%s", err, w.out)
	}
	caller.HangUp()
}

// recorded is what the operator is told of recordings.
type recorded struct {
	Unfinished []struct{ Recorded time.Duration }
	Documents  []struct{ ID string }
}

func (w *answering) recordings() (all recorded) {
	w.t.Helper()
	r, err := http.Get(w.OperatorURL + "/recordings")
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
		w.t.Fatal(err)
	}
	return all
}
