package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strowger/internal/config"
	"strowger/internal/lab"
	"strowger/internal/server"
	"strowger/test/port"
)

// strowger runs one command line to its end.
func strowger(t *testing.T, environ []string, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(terminal{ctx: t.Context(), environ: environ, out: &o, err: &e}, args)
	return code, o.String(), e.String()
}

func requireSaid(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it said\n%s\nand not %q", text, part)
		}
	}
}

func TestVersionIsOneLine(t *testing.T) {
	code, out, _ := strowger(t, nil, "version")
	if code != 0 || strings.Count(out, "\n") != 1 {
		t.Errorf("version ends with %d and says %q", code, out)
	}
	requireSaid(t, out, "strowger ", "go1.")
}

func TestAWrongCommandLineIsExplained(t *testing.T) {
	code, _, err := strowger(t, nil, "srve")
	if code != exitUsage {
		t.Errorf("it ends with %d, want %d", code, exitUsage)
	}
	requireSaid(t, err, `did you mean "serve"?`, "strowger --help")
}

func TestWrongSettingsAreExplainedAllAtOnce(t *testing.T) {
	for _, verb := range []string{"serve", "dev", "doctor"} {
		code, _, err := strowger(t, []string{"STROWGER_LOG_LEVEL=loud", "STROWGER_SIP_DOMAIN=a b"}, verb)
		if code != exitUsage {
			t.Errorf("%s ends with %d, want %d", verb, code, exitUsage)
		}
		requireSaid(t, err, "strowger: several things are wrong:\n  sip.domain: ", "\n  log.level: ")
	}
}

func TestAWrongFileIsNamedWithItsLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(path, []byte("http:\n  listn: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, err := strowger(t, nil, "serve", "--config", path)
	if code != exitUsage {
		t.Errorf("it ends with %d, want %d", code, exitUsage)
	}
	requireSaid(t, err, path+`: line 2: unknown key "listn"`)
}

func TestAPortThatIsTakenIsNamedWithAWayOut(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	code, _, said := strowger(t, []string{
		"STROWGER_DATA_DIR=" + t.TempDir(), "STROWGER_SIP_LISTEN=udp://127.0.0.1:0", "STROWGER_HTTP_LISTEN=http://" + address,
	}, "serve")
	if code != exitFailed {
		t.Errorf("it ends with %d, want %d", code, exitFailed)
	}
	requireSaid(t, said, "strowger: http.listen: ", address, "strowger doctor")
}

func TestTheFirstScreenTellsWhereEverythingIs(t *testing.T) {
	info := server.Info{
		PublicURL: "http://127.0.0.1:8080", HTTP: []string{"http://127.0.0.1:8080", "https://127.0.0.1:8443"},
		Operator: "http://127.0.0.1:8081", SIP: []string{"udp://127.0.0.1:5060"},
		CAFile: "strowger-data/ca/ca.pem", TrustStore: "strowger-data/ca/truststore.p12", AccessKeys: []string{config.DevAccessKey},
	}
	var out bytes.Buffer
	if err := welcome(&out, config.Dev(), info, 123*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	workDir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	requireSaid(t, out.String(), "after 120ms", info.ConnectionString(), "https://127.0.0.1:8443", "http://127.0.0.1:8081/metrics",
		filepath.Join(workDir, "strowger-data/ca/ca.pem"),
		"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore="+filepath.Join(workDir, "strowger-data/ca/truststore.p12"), "alice with password alice, bob with password bob", "udp://127.0.0.1:5060",
		config.DevNumber+" (up to +14255550109) raises IncomingCall at http://127.0.0.1:9000/events", "node reminder.js +15550104",
		"bin/strowger lab call +14255550100 --press 1,2,#\n")
	for _, n := range lab.Numbers() {
		requireSaid(t, out.String(), n.E164+"  "+n.Does)
	}
}

// The whole of `dev` on ports that the system chose: it says that it is ready
// once it is, and a signal ends it in order.
func TestDevRunsUntilItIsToldToStop(t *testing.T) {
	rtp, labPort := port.Free(), port.Free()
	environ := []string{
		"STROWGER_DATA_DIR=" + t.TempDir(),
		"STROWGER_HTTP_LISTEN=http://127.0.0.1:0,https://127.0.0.1:0",
		"STROWGER_OPERATOR_LISTEN=http://127.0.0.1:0",
		"STROWGER_SIP_LISTEN=udp://127.0.0.1:0",
		"STROWGER_LOG_FORMAT=json",
		fmt.Sprintf("STROWGER_LAB_LISTEN=udp://127.0.0.1:%d", labPort),
		fmt.Sprintf("STROWGER_RTP_PORTS=%d-%d", min(rtp, 65000), min(rtp, 65000)+99),
	}
	ctx, signal := context.WithCancel(t.Context())
	defer signal()
	ready := &firstWrite{written: make(chan struct{})}
	var log bytes.Buffer
	ended := make(chan int, 1)
	go func() { ended <- run(terminal{ctx: ctx, environ: environ, out: ready, err: &log}, []string{"dev"}) }()
	select {
	case <-ready.written:
	case code := <-ended:
		t.Fatalf("dev ended with %d before it was ready:\n%s", code, log.String())
	}
	_, rest, _ := strings.Cut(ready.text, "curl ")
	address, _, _ := strings.Cut(rest, "\n")
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("%s answers %s after the screen said ready", address, response.Status)
	}
	signal()
	if code := <-ended; code != 0 {
		t.Errorf("dev ended with %d:\n%s", code, log.String())
	}
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line of the log is not JSON: %s", line)
		}
	}
}

// firstWrite tells when something was written; the text may be read after that.
type firstWrite struct {
	text    string
	buffer  bytes.Buffer
	written chan struct{}
}

func (w *firstWrite) Write(p []byte) (int, error) {
	w.buffer.Write(p)
	if w.text == "" && strings.Contains(w.buffer.String(), "/health/ready\n") {
		w.text = w.buffer.String()
		close(w.written)
	}
	return len(p), nil
}
