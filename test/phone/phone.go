package phone

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/test/heard"
	"strowger/test/wait"
)

// Patience is how long an Await method waits before it fails the test. It is
// a safety net on a busy machine and no expectation about speed.
const Patience = 30 * time.Second

// Phone is one running telephone.
type Phone struct {
	t       testing.TB
	config  Config
	desk    desk
	command *exec.Cmd
	control *control
	log     *logFile
	exited  chan struct{}
	once    sync.Once
	entered string // the address of who has entered
}

// Start starts a phone and returns when it takes commands. The test's end
// stops it.
func Start(t testing.TB, config Config) *Phone {
	t.Helper()
	p := &Phone{t: t, config: config, desk: newDesk(t.TempDir()), exited: make(chan struct{})}
	if err := p.start(); err != nil {
		t.Fatalf("start phone %s: %v", config.Name, err)
	}
	t.Cleanup(p.stop)
	if config.Password != "" {
		p.do("uanew", config.account())
		if !config.ExpectRefusal {
			p.AwaitRegistered()
		}
	}
	return p
}

// Enter makes the phone a user's, from now on, and registers it. Whose it was
// before has left it. REGISTER_OK or REGISTER_FAIL says what came of that.
func (p *Phone) Enter(name, password string) error {
	if p.entered != "" {
		if err := p.control.do("uadel", p.entered); err != nil {
			return err
		}
	}
	account := p.config
	account.Name, account.Password = name, password
	p.entered = account.address()
	if err := p.control.do("uanew", account.account()); err != nil {
		return err
	}
	return p.control.do("uafind", p.entered) // whom it dials for, from now on
}

func (p *Phone) start() error {
	if err := p.config.write(p.desk); err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(p.desk.dir, "trace"))
	if err != nil {
		return fmt.Errorf("create the trace: %w", err)
	}
	defer out.Close()
	p.log = &logFile{path: out.Name()}
	p.command = exec.Command("baresip", "-4", "-s", "-v", "-f", p.desk.dir)
	p.command.Stdout, p.command.Stderr = out, out
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("start baresip (Debian package baresip-core): %w", err)
	}
	go func() {
		defer close(p.exited)
		_ = p.command.Wait()
	}()
	p.control, err = dialControl(fmt.Sprintf("127.0.0.1:%d", p.desk.control), p.exited)
	if err != nil {
		_ = p.command.Process.Kill()
		<-p.exited
		return fmt.Errorf("reach baresip's control port: %w\n%s", err, p.log.text())
	}
	return nil
}

// stop is safe to call twice; it asks first, so that calls are hung up and
// recordings closed, and then insists.
func (p *Phone) stop() {
	p.once.Do(func() {
		_ = p.command.Process.Signal(os.Interrupt)
		select {
		case <-p.exited:
		case <-time.After(3 * time.Second):
			_ = p.command.Process.Kill()
			<-p.exited
		}
		p.control.close()
		if p.t.Failed() {
			p.t.Logf("phone %s saw:\n%s\nand logged:\n%s", p.config.Name, p.control.story(), p.log.tail(8000))
		}
	})
}

// Vanish kills the phone without a word to anyone, as a lost network does.
func (p *Phone) Vanish() {
	_ = p.command.Process.Kill()
	<-p.exited
}

// Address is where the phone can be called directly, as host:port.
func (p *Phone) Address() string { return fmt.Sprintf("127.0.0.1:%d", p.desk.sip) }

// Dial calls a number or user: a bare one in the phone's own domain, or a
// full SIP URI.
func (p *Phone) Dial(target string) { p.do("dial", target) }

// Answer picks up the ringing call.
func (p *Phone) Answer() { p.do("accept", "") }

// HangUp ends the current call; on a ringing one it answers 486 Busy Here.
func (p *Phone) HangUp() { p.do("hangup", "") }

// Inaudible is the lowest tone that a phone can say, in Hz, and nobody hears it: a
// silent phone must still send RTP.
const Inaudible = 10

// Says has the phone say a tone from now on, in the call that it is in.
func (p *Phone) Says(hz int) { p.do("ausrc", fmt.Sprintf("ausine,%d", hz)) }

// Press sends tones as RFC 4733 events, one after the other.
func (p *Phone) Press(tones string) {
	for _, tone := range tones {
		p.do("sndcode", string(tone))
	}
}

// Hold puts the call on hold by a re-INVITE, Resume takes it back.
func (p *Phone) Hold() { p.do("hold", "") }

// Resume takes a held call back.
func (p *Phone) Resume() { p.do("resume", "") }

// Transfer asks the far end of the current call to talk to somebody else (REFER).
func (p *Phone) Transfer(target string) { p.do("transfer", target) }

// Replaces names the phone's first call that was answered, as its far end is to
// read it (RFC 3891).
func (p *Phone) Replaces() string {
	p.t.Helper()
	for _, m := range p.Messages() {
		if !strings.HasPrefix(m.Status(), "200") || !strings.HasSuffix(m.Header("CSeq"), "INVITE") {
			continue
		}
		_, theirs, _ := strings.Cut(m.Header("To"), ";tag=")
		_, own, _ := strings.Cut(m.Header("From"), ";tag=")
		if !p.received(m) { // it answered
			theirs, own = own, theirs
		}
		return m.Header("Call-ID") + ";to-tag=" + theirs + ";from-tag=" + own
	}
	p.t.Fatalf("phone %s has no call that was answered\n%s", p.config.Name, p.log.tail(8000))
	return ""
}

func (p *Phone) do(command, parameters string) {
	p.t.Helper()
	if err := p.control.do(command, parameters); err != nil {
		p.t.Errorf("phone %s: %s %s: %v", p.config.Name, command, parameters, err)
	}
}

// AwaitRegistered waits until the registrar said yes.
func (p *Phone) AwaitRegistered() Event { p.t.Helper(); return p.await("REGISTER_OK", 1) }

// AwaitRegisterFailed waits until the registrar said no.
func (p *Phone) AwaitRegisterFailed() Event { p.t.Helper(); return p.await("REGISTER_FAIL", 1) }

// AwaitRing waits for an incoming call that rings here.
func (p *Phone) AwaitRing() Event { p.t.Helper(); return p.await("CALL_INCOMING", 1) }

// AwaitRingback waits until the far end of the phone's own call rings.
func (p *Phone) AwaitRingback() Event { p.t.Helper(); return p.await("CALL_RINGING", 1) }

// AwaitTalking waits until a call is up.
func (p *Phone) AwaitTalking() Event { p.t.Helper(); return p.await("CALL_ESTABLISHED", 1) }

// AwaitAudio waits until the first RTP packet arrived.
func (p *Phone) AwaitAudio() Event { p.t.Helper(); return p.await("CALL_RTPESTAB", 1) }

// AwaitClosed waits until the n-th call of this phone is over and returns
// why, as baresip says it: "486 Busy Here", "Connection reset by peer".
func (p *Phone) AwaitClosed(n int) Event { p.t.Helper(); return p.await("CALL_CLOSED", n) }

// AwaitTones waits until these tones arrived as RFC 4733 events, in order.
func (p *Phone) AwaitTones(tones string) {
	p.t.Helper()
	if err := p.WaitTones(tones); err != nil {
		p.t.Fatalf("phone %s: %v\n%s", p.config.Name, err, p.control.story())
	}
}

// WaitTones is AwaitTones for goroutines that may not end the test.
func (p *Phone) WaitTones(tones string) error {
	_, err := p.control.await(func(events []Event) (Event, bool) {
		return Event{}, strings.Contains(tonesOf(events), tones)
	})
	if err != nil {
		return fmt.Errorf("the tones %s were never heard: %w", tones, err)
	}
	return nil
}

// Count is how often an event of this type came so far.
func (p *Phone) Count(eventType string) int {
	n := 0
	for _, event := range p.control.events() {
		if event.Type == eventType {
			n++
		}
	}
	return n
}

// Wait is AwaitEvent for goroutines that may not end the test.
func (p *Phone) Wait(eventType string, n int) (Event, error) {
	return p.control.await(nth(eventType, n))
}

// AwaitEvent waits for the n-th event of a type.
func (p *Phone) AwaitEvent(eventType string, n int) Event { p.t.Helper(); return p.await(eventType, n) }

func (p *Phone) await(eventType string, n int) Event {
	p.t.Helper()
	event, err := p.Wait(eventType, n)
	if err != nil {
		p.t.Fatalf("phone %s waited for %s (number %d): %v\nit saw:\n%s", p.config.Name, eventType, n, err, p.control.story())
	}
	return event
}

// nth asks for the n-th event of a type.
func nth(eventType string, n int) func([]Event) (Event, bool) {
	return func(events []Event) (Event, bool) {
		seen := 0
		for _, event := range events {
			if event.Type == eventType {
				if seen++; seen == n {
					return event, true
				}
			}
		}
		return Event{}, false
	}
}

// Messages are all SIP messages that the phone sent or received, in order.
func (p *Phone) Messages() []Message { return parseTrace(p.log.text()) }

// received reports whether a message came to the phone: to where it listens, or
// over a connection that it opened to its server.
func (p *Phone) received(m Message) bool {
	return m.To == p.Address() || m.From == p.config.Server
}

// AwaitHeader waits until a received message carries the header and returns
// its value.
func (p *Phone) AwaitHeader(name string) string {
	p.t.Helper()
	var value string
	err := wait.Until(Patience, nil, func() bool {
		for _, m := range p.Messages() {
			if v := m.Header(name); v != "" && p.received(m) {
				value = v
				return true
			}
		}
		return false
	})
	if err != nil {
		p.t.Fatalf("phone %s was never told %s\n%s", p.config.Name, name, p.log.tail(8000))
	}
	return value
}

// AwaitReceived waits until a received message's body holds a text.
func (p *Phone) AwaitReceived(text string) {
	p.t.Helper()
	err := wait.Until(Patience, nil, func() bool {
		for _, m := range p.Messages() {
			if p.received(m) && strings.Contains(m.Body, text) {
				return true
			}
		}
		return false
	})
	if err != nil {
		p.t.Fatalf("phone %s never received %q\n%s", p.config.Name, text, p.log.tail(8000))
	}
}

// AwaitSent waits until the phone has sent a message whose first line begins so.
func (p *Phone) AwaitSent(begins string) {
	p.t.Helper()
	err := wait.Until(Patience, nil, func() bool {
		for _, m := range p.Messages() {
			if !p.received(m) && strings.HasPrefix(m.StartLine, begins) {
				return true
			}
		}
		return false
	})
	if err != nil {
		p.t.Fatalf("phone %s never sent %q\n%s", p.config.Name, begins, p.log.tail(8000))
	}
}

// Heard is what the phone has heard so far in all its calls, one after the
// other.
func (p *Phone) Heard() heard.Sound {
	p.t.Helper()
	paths, err := filepath.Glob(filepath.Join(p.desk.dir, "dump-*-dec.wav"))
	if err != nil {
		p.t.Fatalf("phone %s: look for recordings: %v", p.config.Name, err)
	}
	all := heard.Sound{RateHz: 8000}
	for _, path := range paths {
		// A recording whose call began this very moment has no header yet.
		if sound, err := heard.ReadFile(path); err == nil {
			all.Samples = append(all.Samples, sound.Samples...)
		}
	}
	return all
}

// AwaitHeard waits until the phone has heard a tone for so long in all.
func (p *Phone) AwaitHeard(hz float64, length time.Duration) {
	p.t.Helper()
	if err := p.WaitHeard(hz, length); err != nil {
		p.t.Fatal(err)
	}
}

// WaitHeard is AwaitHeard for goroutines that may not end the test.
func (p *Phone) WaitHeard(hz float64, length time.Duration) error {
	if err := wait.Until(Patience, nil, func() bool { return p.Heard().ToneLength(hz) >= length }); err != nil {
		return fmt.Errorf("phone %s did not hear %v of %g Hz, but %s", p.config.Name, length, hz, p.Heard().Describe(hz))
	}
	return nil
}

// AwaitSpeech waits until something loud was heard for so long in all.
func (p *Phone) AwaitSpeech(length time.Duration) {
	p.t.Helper()
	if err := wait.Until(Patience, nil, func() bool { return p.Heard().Loud() >= length }); err != nil {
		p.t.Fatalf("phone %s did not hear %v of speech, but %s", p.config.Name, length, p.Heard().Describe())
	}
}

// AwaitSilence waits until the tone is not the last thing heard: half a second
// of recording without it, or a recording that stands still because nothing
// arrives any more.
func (p *Phone) AwaitSilence(hz float64) {
	p.t.Helper()
	var length time.Duration
	still := 0
	err := wait.Until(Patience, nil, func() bool {
		sound := p.Heard()
		if sound.Length() == length {
			still++
		} else {
			length, still = sound.Length(), 0
		}
		return still > 25 || sound.Between(length-500*time.Millisecond, length).ToneLength(hz) == 0
	})
	if err != nil {
		p.t.Fatalf("phone %s hears %g Hz without an end", p.config.Name, hz)
	}
}

// DidNotHear fails the test if the phone heard more than a blink of the tone.
func (p *Phone) DidNotHear(hz float64) {
	p.t.Helper()
	if got := p.Heard().ToneLength(hz); got > 2*heard.Window {
		p.t.Errorf("phone %s heard %v of %g Hz, which it must not", p.config.Name, got, hz)
	}
}
