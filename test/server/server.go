package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"strowger/test/wait"
)

// Patience is how long a start or a stop may take before the test fails.
const Patience = 30 * time.Second

// Server is one strowger process, or its successor on the same data.
type Server struct {
	// URL is the public address, without a slash at its end.
	URL string
	// SecureURL is the HTTPS address, where the configuration asks for it.
	SecureURL string
	// OperatorURL serves /metrics.
	OperatorURL string
	// SIP is host:port for UDP and TCP, SIPS for TLS.
	SIP, SIPS string
	// DataDir stays over kills and restarts.
	DataDir string
	// ReadyAfter is how long the last start took until /health/ready.
	ReadyAfter time.Duration

	t       testing.TB
	config  Config
	dir     string
	process *process
}

// process is one run of the binary.
type process struct {
	command *exec.Cmd
	exited  chan struct{}
	state   *os.ProcessState
}

// Start starts a server and returns when it is ready.
func Start(t testing.TB, config Config) *Server {
	t.Helper()
	binary := Binary(t)
	p := choosePorts()
	s := &Server{
		URL:         fmt.Sprintf("http://127.0.0.1:%d", p.http),
		SecureURL:   fmt.Sprintf("https://127.0.0.1:%d", p.http+1),
		OperatorURL: fmt.Sprintf("http://127.0.0.1:%d", p.operator),
		SIP:         fmt.Sprintf("127.0.0.1:%d", p.sip),
		SIPS:        fmt.Sprintf("127.0.0.1:%d", p.sip+1),
		t:           t, config: config, dir: t.TempDir(),
	}
	if s.DataDir = config.DataDir; s.DataDir == "" {
		s.DataDir = filepath.Join(s.dir, "data")
	}
	if err := config.write(s.configFile(), s.DataDir, p); err != nil {
		t.Fatalf("configure strowger: %v", err)
	}
	t.Cleanup(s.cleanUp)
	s.run(binary)
	return s
}

func (s *Server) configFile() string { return filepath.Join(s.dir, "config.yaml") }

func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }

func (s *Server) run(binary string) {
	s.t.Helper()
	// Appended to: after a restart the log tells both lives.
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatalf("open the server's log: %v", err)
	}
	defer log.Close()
	p := &process{command: exec.Command(binary, "serve", "--config", s.configFile()), exited: make(chan struct{})}
	p.command.Dir = s.dir
	p.command.Env = append(os.Environ(), s.config.Environment...)
	p.command.Stdout, p.command.Stderr = log, log
	started := time.Now()
	if err := p.command.Start(); err != nil {
		s.t.Fatalf("start strowger: %v", err)
	}
	go func() {
		defer close(p.exited)
		_ = p.command.Wait()
		p.state = p.command.ProcessState
	}()
	s.process = p
	s.awaitReady()
	s.ReadyAfter = time.Since(started)
}

func (s *Server) awaitReady() {
	s.t.Helper()
	if err := wait.Until(Patience, s.process.exited, s.Ready); err != nil {
		s.t.Fatalf("strowger was not ready: %v\n%s", err, s.tail())
	}
}

// Ready asks /health/ready once.
func (s *Server) Ready() bool {
	response, err := http.Get(s.URL + "/health/ready")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusOK
}

// Kill ends the process as a crash does, with SIGKILL.
func (s *Server) Kill() {
	_ = s.process.command.Process.Kill()
	<-s.process.exited
}

// Restart starts the killed or terminated server again on its data.
func (s *Server) Restart() {
	s.t.Helper()
	s.run(Binary(s.t))
}

// Terminate sends SIGTERM and does not wait: see [Server.AwaitExit].
func (s *Server) Terminate() { _ = s.process.command.Process.Signal(syscall.SIGTERM) }

// AwaitExit waits for the end of the process and returns its exit code.
func (s *Server) AwaitExit() int {
	s.t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	select {
	case <-s.process.exited:
		return s.process.state.ExitCode()
	case <-deadline.C:
		s.t.Fatalf("strowger did not end within %v\n%s", Patience, s.tail())
		return -1
	}
}

// cleanUp ends the process: asked first, since a server that does not stop
// is a defect of its own, then killed.
func (s *Server) cleanUp() {
	if s.process != nil {
		s.Terminate()
		select {
		case <-s.process.exited:
		case <-time.After(Patience):
			s.Kill()
			s.t.Errorf("strowger had to be killed at the test's end")
		}
	}
	if strings.Contains(s.Log(), "\npanic: ") || strings.Contains(s.Log(), "DATA RACE") {
		s.t.Errorf("strowger panicked")
	}
	if s.t.Failed() {
		s.t.Logf("strowger logged:\n%s", s.tail())
	}
}

// ConnectionString is what an application gets.
func (s *Server) ConnectionString() string {
	return "endpoint=" + s.URL + "/;accesskey=" + AccessKey
}

// URI is a user's or number's SIP address at this server.
func (s *Server) URI(name string) string { return "sip:" + name + "@" + s.SIP }

// Log is all that the server wrote.
func (s *Server) Log() string {
	data, err := os.ReadFile(s.logFile())
	if err != nil {
		return ""
	}
	return string(data)
}

func (s *Server) tail() string {
	log := s.Log()
	return log[max(0, len(log)-12000):]
}

// LogLines are the log's JSON lines.
func (s *Server) LogLines() []map[string]any {
	var lines []map[string]any
	scanner := bufio.NewScanner(strings.NewReader(s.Log()))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var line map[string]any
		if json.Unmarshal(scanner.Bytes(), &line) == nil {
			lines = append(lines, line)
		}
	}
	return lines
}

// Metrics is the text of /metrics.
func (s *Server) Metrics() string {
	s.t.Helper()
	response, err := http.Get(s.OperatorURL + "/metrics")
	if err != nil {
		s.t.Fatalf("get /metrics: %v", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatalf("read /metrics: %v", err)
	}
	return string(text)
}
