package server

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/test/port"
)

// DevServer is a `strowger dev` on ports of its own.
type DevServer struct {
	screen string
}

// Dev starts one and returns when its screen has been printed; it is stopped at
// the test's end.
func Dev(t testing.TB) *DevServer {
	t.Helper()
	binary := Binary(t)
	lab := port.Free()
	out, log := &printed{wanted: "Try next", said: make(chan struct{})}, &printed{}
	command := exec.Command(binary, "dev")
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(),
		"STROWGER_HTTP_LISTEN=http://127.0.0.1:0,https://127.0.0.1:0", "STROWGER_OPERATOR_LISTEN=",
		"STROWGER_SIP_LISTEN=udp://127.0.0.1:0,tcp://127.0.0.1:0",
		fmt.Sprintf("STROWGER_LAB_LISTEN=udp://127.0.0.1:%d", lab), "STROWGER_SHUTDOWN_GRACE=0s",
	)
	command.Stdout, command.Stderr = out, log
	if err := command.Start(); err != nil {
		t.Fatalf("start strowger dev: %v", err)
	}
	exited := make(chan struct{})
	go func() { defer close(exited); _ = command.Wait() }()
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		select {
		case <-exited:
		case <-time.After(Patience):
			_ = command.Process.Kill()
			<-exited
			t.Errorf("strowger dev had to be killed at the test's end")
		}
		if t.Failed() {
			t.Logf("strowger dev logged:\n%s", log)
		}
	})
	select {
	case <-out.said:
	case <-exited:
		t.Fatalf("strowger dev ended at its start:\n%s", log)
	case <-time.After(Patience):
		t.Fatalf("strowger dev was not ready within %v:\n%s", Patience, log)
	}
	return &DevServer{screen: out.String()}
}

// Field is what the screen says beside a name.
func (d *DevServer) Field(name string) string {
	for line := range strings.Lines(d.screen) {
		if value, found := strings.CutPrefix(strings.TrimSpace(line), name+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// printed is what a process wrote, which may be asked for while it writes.
type printed struct {
	mu     sync.Mutex
	text   bytes.Buffer
	wanted string
	said   chan struct{} // closed once wanted was written
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Write(b)
	if p.wanted != "" && strings.Contains(p.text.String(), p.wanted) {
		p.wanted = ""
		close(p.said)
	}
	return len(b), nil
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}
