package sipp

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/template"
	"time"

	"strowger/test/port"
	"strowger/test/wait"
)

//go:embed scenarios/*.xml
var files embed.FS

// Patience is how long [Peer.Await] waits for SIPp to finish.
const Patience = 60 * time.Second

// Config says what a SIPp process is to do.
type Config struct {
	// Scenario is the name of a file in scenarios/ without its ending.
	Scenario string
	// Values are what the scenario's template asks for.
	Values Values
	// Server is the host:port that a calling scenario calls; empty for an
	// answering one.
	Server string
	// Number is who is called (the request URI's user).
	Number string
	// Calls is after how many calls SIPp ends; 1 where 0.
	Calls int
	// Rate is how many calls a second a calling scenario starts; 10 where 0.
	Rate int
	// Source is the local address; 127.0.0.1 where empty.
	Source string
	// TCP speaks SIP over TCP instead of UDP.
	TCP bool
	// Echo sends back all RTP that comes.
	Echo bool
}

// Values fill a scenario's template.
type Values struct {
	Status           string     // refuses: "486 Busy Here"; calls-and-is-refused: "486"; is-referred and refers: "200 OK", what became of it
	Refer            string     // whom refers hands on to; is-referred: whom it is sent to, without the plus
	From             string     // the caller's number
	TalkMilliseconds int        // how long a call lasts
	RingMilliseconds int        // how long a caller lets it ring
	Times            []struct{} // how many provisionals
	Username         string     // whom challenges and registers let in
	Password         string
}

// Result is SIPp's own account of what happened.
type Result struct {
	Successful      int
	Failed          int
	Unexpected      int // calls that failed at an unexpected message
	TimedOut        int
	Retransmissions int
}

// Peer is one running SIPp.
type Peer struct {
	t       testing.TB
	config  Config
	dir     string
	port    int
	command *exec.Cmd
	output  bytes.Buffer
	exited  chan struct{}
	once    sync.Once
}

// Start starts SIPp; an answering one listens when Start returns.
func Start(t testing.TB, config Config) *Peer {
	t.Helper()
	p := &Peer{t: t, config: config, dir: t.TempDir(), port: port.Free(), exited: make(chan struct{})}
	if err := p.start(); err != nil {
		t.Fatalf("start SIPp for %s: %v", config.Scenario, err)
	}
	t.Cleanup(p.stop)
	return p
}

func (p *Peer) start() error {
	scenario, err := render(p.config)
	if err != nil {
		return err
	}
	if err := os.WriteFile(p.file("scenario.xml"), scenario, 0o600); err != nil {
		return fmt.Errorf("write the scenario: %w", err)
	}
	p.command = exec.Command("sipp", p.arguments()...)
	p.command.Dir = p.dir
	p.command.Env = append(os.Environ(), "TERM=dumb")
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("start sipp (Debian package sip-tester): %w", err)
	}
	go func() {
		defer close(p.exited)
		_ = p.command.Wait()
	}()
	if p.config.Server == "" {
		return p.awaitListening()
	}
	return nil
}

func (p *Peer) arguments() []string {
	c := p.config
	args := []string{
		"-sf", p.file("scenario.xml"), "-i", p.source(), "-p", strconv.Itoa(p.port),
		"-mi", p.source(), "-mp", strconv.Itoa(port.Range(4)),
		"-m", strconv.Itoa(max(c.Calls, 1)), "-nostdin",
		"-trace_stat", "-stf", p.file("statistics.csv"), "-fd", "1",
		"-trace_msg", "-message_file", p.file("messages"),
		"-trace_err", "-error_file", p.file("errors"),
	}
	if c.TCP {
		args = append(args, "-t", "t1")
	}
	if c.Echo {
		args = append(args, "-rtp_echo")
	}
	if c.Server != "" {
		rate := c.Rate
		if rate == 0 {
			rate = 10
		}
		args = append(args, "-r", strconv.Itoa(rate), "-l", "10000", "-s", c.Number, c.Server)
	}
	return args
}

func (p *Peer) source() string {
	if p.config.Source == "" {
		return "127.0.0.1"
	}
	return p.config.Source
}

func (p *Peer) file(name string) string { return filepath.Join(p.dir, name) }

// render fills in the scenario's template.
func render(config Config) ([]byte, error) {
	name := config.Scenario + ".xml"
	t, err := template.ParseFS(files, "scenarios/parts.xml", "scenarios/"+name)
	if err != nil {
		return nil, fmt.Errorf("read scenario %s: %w", config.Scenario, err)
	}
	var out bytes.Buffer
	out.WriteString("<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n")
	if err := t.ExecuteTemplate(&out, name, config.Values); err != nil {
		return nil, fmt.Errorf("fill in scenario %s: %w", config.Scenario, err)
	}
	return out.Bytes(), nil
}

// Address is where this peer is, as host:port.
func (p *Peer) Address() string { return fmt.Sprintf("%s:%d", p.source(), p.port) }

// Await waits until SIPp has handled its calls and returns its account. It
// fails the test when they never end.
func (p *Peer) Await() Result {
	p.t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	select {
	case <-p.exited:
	case <-deadline.C:
		p.stop()
		p.t.Fatalf("SIPp's %s was not done within %v\n%s", p.config.Scenario, Patience, p.Story())
	}
	result, err := readStatistics(p.file("statistics.csv"))
	if err != nil {
		p.t.Fatalf("SIPp's %s left no statistics: %v\n%s\n%s", p.config.Scenario, err, p.output.String(), p.Story())
	}
	return result
}

// AwaitSuccess waits for the end and wants every call to have gone exactly
// as the scenario says.
func (p *Peer) AwaitSuccess() Result {
	p.t.Helper()
	result := p.Await()
	if result.Failed > 0 || result.Successful != max(p.config.Calls, 1) {
		p.t.Errorf("SIPp's %s: %+v\n%s", p.config.Scenario, result, p.Story())
	}
	return result
}

// Story is the end of what SIPp sent, received and did not like.
func (p *Peer) Story() string {
	var b strings.Builder
	for _, name := range []string{"errors", "messages"} {
		data, err := os.ReadFile(p.file(name))
		if err != nil {
			continue
		}
		fmt.Fprintf(&b, "%s:\n%s\n", name, data[max(0, len(data)-6000):])
	}
	return b.String()
}

// Messages is all that SIPp sent and received.
func (p *Peer) Messages() string {
	data, err := os.ReadFile(p.file("messages"))
	if err != nil {
		return ""
	}
	return string(data)
}

// Saw reports whether a text went over the line so far.
func (p *Peer) Saw(text string) bool { return strings.Contains(p.Messages(), text) }

// AwaitMessage waits until a text went over the line.
func (p *Peer) AwaitMessage(text string) {
	p.t.Helper()
	if err := wait.Until(Patience, p.exited, func() bool { return p.Saw(text) }); err != nil && !p.Saw(text) {
		p.t.Fatalf("SIPp's %s never saw %q: %v\n%s", p.config.Scenario, text, err, p.Story())
	}
}

func (p *Peer) stop() {
	p.once.Do(func() {
		_ = p.command.Process.Signal(syscall.SIGKILL)
		<-p.exited
	})
}

// awaitListening looks into the kernel's tables, because SIPp says nothing
// when it listens and a probe would count as a call.
func (p *Peer) awaitListening() error {
	table, suffix := "/proc/net/udp", fmt.Sprintf(":%04X ", p.port)
	if p.config.TCP {
		table = "/proc/net/tcp"
	}
	err := wait.Until(Patience, p.exited, func() bool {
		data, err := os.ReadFile(table)
		return err == nil && strings.Contains(string(data), suffix)
	})
	if err != nil {
		return fmt.Errorf("await its port: %w\n%s", err, p.output.String())
	}
	return nil
}

func readStatistics(path string) (Result, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Result{}, fmt.Errorf("read statistics: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = ';', -1, true
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		return Result{}, fmt.Errorf("%d rows of statistics: %w", len(rows), err)
	}
	last := map[string]int{}
	for i, name := range rows[0] {
		if i < len(rows[len(rows)-1]) {
			last[name], _ = strconv.Atoi(rows[len(rows)-1][i])
		}
	}
	return Result{
		Successful:      last["SuccessfulCall(C)"],
		Failed:          last["FailedCall(C)"],
		Unexpected:      last["FailedUnexpectedMessage(C)"],
		TimedOut:        last["FailedMaxUDPRetrans(C)"] + last["FailedTimeoutOnRecv(C)"],
		Retransmissions: last["Retransmissions(C)"],
	}, nil
}
