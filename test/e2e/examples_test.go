package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

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

// menu is examples/ivr beside a server of its own.
type menu struct {
	*server.Server
	t   *testing.T
	out *syncBuffer
}

func startMenu(t *testing.T, agent string) *menu {
	t.Helper()
	directory := filepath.Join(server.Root(), "examples", "ivr")
	if err := server.Watch(directory); err != nil {
		t.Fatal(err)
	}
	listen := port.Free()
	s := server.Start(t, server.Config{
		Lab: true, HTTPS: true, Trunks: []server.Trunk{carrier()},
		EventGrid: []server.Subscription{{URL: fmt.Sprintf("http://127.0.0.1:%d/events", listen)}},
	})
	m := &menu{Server: s, t: t, out: &syncBuffer{}}
	command := python(t, "ivr.py")
	command.Dir = directory
	command.Env = append(command.Env, "PORT="+strconv.Itoa(listen), "AGENT_NUMBER="+agent,
		"CONNECTION_STRING=endpoint="+s.SecureURL+"/;accesskey="+server.AccessKey,
		"REQUESTS_CA_BUNDLE="+filepath.Join(s.DataDir, "ca", "ca.pem"))
	command.Stdout, command.Stderr = m.out, m.out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("ivr.py printed:\n%s", m.out)
		}
	})
	validated := func() bool { return strings.Contains(s.Log(), "the subscription is validated") }
	if err := wait.Until(server.Patience, ended, validated); err != nil {
		t.Fatalf("the menu does not take events: %v", err)
	}
	return m
}

// call is a call of the lab to the menu, from its beginning to its end.
func (m *menu) call(from string, args ...string) string {
	m.t.Helper()
	out, code := labCall(m.t, append([]string{ours, "--server", "udp://" + m.SIP, "--from", from}, args...)...)
	if code != 0 {
		m.t.Errorf("the call ends with %d:\n%s", code, out)
	}
	return out
}

// requireSaid waits until the last has been printed, and looks at the order.
func (m *menu) requireSaid(inOrder ...string) {
	m.t.Helper()
	last := inOrder[len(inOrder)-1]
	if err := wait.Until(server.Patience, nil, func() bool { return strings.Contains(m.out.String(), last) }); err != nil {
		m.t.Fatalf("%q was not printed: %v", last, err)
	}
	requirePrinted(m.t, m.out.String(), inOrder...)
}
