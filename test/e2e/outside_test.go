package e2e

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"strowger/test/client"
	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/port"
	"strowger/test/server"
	"strowger/test/sipp"
	"strowger/test/wait"
)

func TestSIGTERMRefusesNewCallsAndLetsLiveOnesEnd(t *testing.T) {
	config := ourNumber
	config.Lab, config.Grace = true, "20s"
	w := start(t, config)
	connection := w.connected(number("+15550100"))
	prompt := w.app.Serve("/p.wav", heard.MakeWAV(heard.Format{RateHz: 8000, Channels: 1, Bits: 16}, heard.Part{Hz: 700, Length: 2 * time.Second}))
	expect(t, w.api.PlayFile(connection, prompt, client.Object{"operationContext": "last words"}), 202)
	w.app.AwaitResult("last words", "PlayStarted")
	w.Terminate()
	w.awaitNotReady()

	r, err := w.api.Try(http.MethodPost, "/calling/callConnections", client.Object{
		"targets": []client.Object{number("+15550100")}, "callbackUri": w.app.URL("/callback"), "sourceCallerIdNumber": client.Object{"value": ours},
	}, client.Once())
	if err == nil && (r.Status != 503 || r.ErrorCode() == "") {
		t.Errorf("a new call while stopping got %v, want a clear 503", r)
	}
	w.callers("calls-and-is-refused", 1, 1, sipp.Values{Status: "503"}).AwaitSuccess()
	// The live call goes on, and may be commanded to its end.
	expectResult(t, w.app.AwaitResult("last words", "PlayCompleted", "PlayFailed", "PlayCanceled"), "PlayCompleted", "200/0")
	w.end(connection)
	if code := w.AwaitExit(); code != 0 {
		t.Errorf("strowger ended with %d, want 0", code)
	}
}

func TestSIGTERMEndsCallsWhoseTimeIsOver(t *testing.T) {
	config := withLab
	config.Grace = "1s"
	w := start(t, config)
	connection := w.connected(number("+15550100"))
	w.Terminate()
	d := w.app.AwaitEvent(connection, "CallDisconnected")
	if d.Number("resultInformation", "code") < 400 {
		t.Errorf("a call that the shutdown ended says %s", d.Result())
	}
	if code := w.AwaitExit(); code != 0 {
		t.Errorf("strowger ended with %d, want 0", code)
	}
}

// awaitNotReady waits until the server says that it takes no more.
func (w *world) awaitNotReady() {
	w.t.Helper()
	if err := wait.Until(server.Patience, nil, func() bool { return !w.Ready() }); err != nil {
		w.t.Fatalf("strowger says that it is ready while it stops: %v", err)
	}
}

func TestHealthMetricsAndLogsAreSeenFromOutside(t *testing.T) {
	w := start(t, withLab)
	connection := w.connected(number("+15550100"))
	if response, err := http.Get(w.URL + "/health/live"); err != nil || response.StatusCode != 200 {
		t.Errorf("/health/live: %v %v", response, err)
	} else {
		response.Body.Close()
	}
	live := regexp.MustCompile(`(?m)^strowger_[a-z_]*calls[a-z_]*(\{[^}]*\})? 1$`)
	if metrics := w.Metrics(); !live.MatchString(metrics) || !strings.Contains(metrics, "go_goroutines") {
		t.Errorf("/metrics does not count the call:\n%.3000s", metrics)
	}
	w.end(connection)
	attributes := map[string]bool{}
	for _, line := range w.LogLines() {
		for _, key := range []string{"call", "connection", "leg"} {
			if v, ok := line[key].(string); ok && v != "" {
				attributes[key] = true
			}
		}
	}
	if len(attributes) != 3 {
		t.Errorf("the log names only %v of call, connection and leg:\n%s", attributes, w.Log())
	}
	for _, line := range strings.Split(strings.TrimSpace(w.Log()), "\n") {
		if !strings.HasPrefix(line, "{") {
			t.Errorf("a log line is no JSON: %s", line)
		}
	}
}

func TestTheAPIIsServedOverHTTPSWithTheDevelopmentAuthority(t *testing.T) {
	config := withLab
	config.HTTPS = true
	w := start(t, config)
	authority, err := os.ReadFile(filepath.Join(w.DataDir, "ca", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		t.Fatalf("the authority is no certificate: %s", authority)
	}
	api := client.NewTrusting(t, w.SecureURL, server.AccessKey, pool)
	r := api.CreateCall(w.app.URL("/callback"), []client.Object{number("+15550100")}, nil)
	expect(t, r, 201)
	w.app.AwaitEvent(r.Text("callConnectionId"), "CallConnected")
	w.end(r.Text("callConnectionId"))
	if _, err := client.New(t, w.SecureURL, server.AccessKey).Try(http.MethodGet, "/health/live", nil); err == nil {
		t.Error("a client that does not trust the authority was served")
	}
}

// dev is `strowger dev` on free ports.
type dev struct {
	url, connectionString string
	ca                    string // the file of the authority that signs its certificate
	output                *syncBuffer
}

func startDev(t *testing.T) dev {
	t.Helper()
	binary := server.Binary(t)
	httpPort, operator, sip, lab, rtp := port.Free(), port.Free(), port.Range(2), port.Range(2), port.Range(100)
	d := dev{url: fmt.Sprintf("http://127.0.0.1:%d", httpPort), output: &syncBuffer{}}
	command := exec.Command(binary, "dev")
	command.Dir = t.TempDir()
	d.ca = filepath.Join(command.Dir, "strowger-data", "ca", "ca.pem")
	command.Env = append(os.Environ(),
		fmt.Sprintf("STROWGER_HTTP_LISTEN=%s", d.url),
		fmt.Sprintf("STROWGER_OPERATOR_LISTEN=http://127.0.0.1:%d", operator),
		fmt.Sprintf("STROWGER_SIP_LISTEN=udp://127.0.0.1:%d", sip),
		fmt.Sprintf("STROWGER_LAB_LISTEN=udp://127.0.0.1:%d", lab),
		fmt.Sprintf("STROWGER_RTP_PORTS=%d-%d", rtp, rtp+99),
		"STROWGER_SHUTDOWN_GRACE=1s",
	)
	command.Stdout, command.Stderr = d.output, d.output
	started := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { defer close(exited); _ = command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		select {
		case <-exited:
		case <-time.After(server.Patience):
			_ = command.Process.Kill()
			<-exited
			t.Error("dev had to be killed")
		}
		if t.Failed() {
			t.Logf("dev said:\n%s", d.output)
		}
	})
	d.output.await(t, exited, func() bool {
		response, err := http.Get(d.url + "/health/ready")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK && strings.Contains(d.output.String(), d.url+"/health/ready") // the last line that it prints
	})
	t.Logf("dev was ready after %v", time.Since(started))
	d.connectionString = regexp.MustCompile(`endpoint=\S+`).FindString(d.output.String())
	return d
}

// syncBuffer is output that is read while it grows.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *syncBuffer) await(t *testing.T, exited <-chan struct{}, so func() bool) {
	t.Helper()
	if err := wait.Until(server.Patience, exited, so); err != nil {
		t.Fatalf("it was not ready: %v\n%s", err, s)
	}
}

func TestDevSaysWhatToTryNext(t *testing.T) {
	t.Parallel()
	d := startDev(t)
	for _, want := range []string{
		"endpoint=" + strings.Replace(d.url, "http:", "https:", 1), "accesskey=", "NODE_EXTRA_CA_CERTS=" + d.ca, "+15550100", "+15550101", "+15550102", "+15550103", "+15550104", "+15550105", "+15550106", "examples/reminder",
	} {
		if !strings.Contains(d.output.String(), want) {
			t.Errorf("dev does not say %s", want)
		}
	}
}

func TestTheReminderIsConfirmedByALabNumber(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(server.Root(), "examples", "reminder")
	needModules(t, directory)
	d := startDev(t)
	remind := func(number string) (string, int) {
		command := exec.Command("node", "reminder.js", number)
		command.Dir = directory
		command.Env = append(os.Environ(), "CONNECTION_STRING="+d.connectionString, "NODE_EXTRA_CA_CERTS="+d.ca)
		output, _ := command.CombinedOutput()
		return string(output), command.ProcessState.ExitCode()
	}
	if output, code := remind("+15550104"); code != 0 || !strings.Contains(output, "confirmed") {
		t.Errorf("a number that presses 1: exit code %d\n%s", code, output)
	}
	if output, code := remind("+15550101"); code != 1 || !strings.Contains(output, "486") {
		t.Errorf("a busy number: exit code %d\n%s", code, output)
	}
	if output, code := remind("+15550105"); code != 1 {
		t.Errorf("a number that hangs up: exit code %d\n%s", code, output)
	}
}

func TestDevTakesCallsFromAPhoneOnThisMachine(t *testing.T) {
	t.Parallel()
	d := startDev(t)
	address := regexp.MustCompile(`udp://(127\.0\.0\.1:\d+)`).FindStringSubmatch(d.output.String())[1]
	p := phone.Start(t, phone.Config{Name: "alice", Password: "alice", Domain: "strowger.local", Server: address, ToneHz: toneOfA})
	p.Dial("sip:+15550100@strowger.local")
	p.AwaitHeard(toneOfA, time.Second)
	p.HangUp()
	p.AwaitClosed(1)
}
