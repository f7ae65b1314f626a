package siptest

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strowger/internal/media"
	"strowger/internal/media/codec"
	"strowger/internal/media/dtmf"
	"strowger/internal/media/player"
	"strowger/internal/media/rtp"
	"strowger/internal/sip/sdp"
	"strowger/internal/sip/ua"
)

// Event is something that the user agent told a call.
type Event struct {
	What   What
	Code   int
	SDP    []byte
	Dialog ua.Dialog
	Cause  ua.Cause
	Offer  *ua.Offer

	Request *ua.Request // of Asked
}

// What happened.
type What string

// The methods of ua.Observer and ua.RequestObserver.
const (
	Progress  What = "progress"
	Answered  What = "answered"
	Offered   What = "offered"
	Reinvited What = "reinvited"
	Asked     What = "asked" // a request inside the dialog
	Failed    What = "failed"
	Ended     What = "ended"
)

// Call is one call of a phone, either way.
type Call struct {
	In *ua.Incoming // nil for a call that the phone placed

	phone       *Phone
	session     *ua.Session
	events      chan Event
	negotiation sdp.Negotiation
	rtp         *rtp.Session
	digits      chan dtmf.Digit

	tone  atomic.Pointer[player.Tone]
	frame [media.Narrowband / 50]int16

	mu    sync.Mutex
	heard []int16 // the last window of what came
}

// window is how much of what was heard is looked at: 400 ms.
const window = media.Narrowband * 2 / 5

func (p *Phone) newCall() *Call {
	return &Call{phone: p, events: make(chan Event, 256), digits: make(chan dtmf.Digit, 64)}
}

// open takes a port. The sound moves until the test ends.
func (c *Call) open() {
	t := c.phone.t
	t.Helper()
	if c.rtp != nil {
		return
	}
	io, err := c.phone.ports.Listen(c.phone.host)
	if err != nil {
		t.Fatal(err)
	}
	c.rtp = rtp.NewSession(rtp.Config{Transport: io, OnDigit: func(d dtmf.Digit, _ time.Time) { c.digits <- d }})
	c.negotiation = sdp.Negotiation{Codecs: codec.G711, Session: uint64(io.LocalAddr().Port()), Local: io.LocalAddr()}
	session, done := c.rtp, make(chan struct{})
	go func() {
		defer close(done)
		_ = session.Run(context.Background()) // Close ends it
	}()
	c.phone.clock.Attach(c)
	t.Cleanup(func() {
		c.phone.clock.Detach(c)
		_ = session.Close()
		<-done
	})
}

// Tick moves one frame each way (media.Ticker).
func (c *Call) Tick() {
	frame := c.frame[:]
	if !c.rtp.ReadFrame(frame) {
		clear(frame)
	}
	c.mu.Lock()
	c.heard = append(c.heard, frame...)
	if over := len(c.heard) - window; over > 0 {
		c.heard = c.heard[over:]
	}
	c.mu.Unlock()
	if tone := c.tone.Load(); tone != nil {
		tone.ReadFrame(frame)
	} else {
		clear(frame)
	}
	c.rtp.WriteFrame(frame)
}

// Ring answers the INVITE with a provisional response.
func (c *Call) Ring(code int) { c.session.Ring(code, nil, nil) }

// RingWithSound is a 183 that answers the offer already.
func (c *Call) RingWithSound() {
	c.phone.t.Helper()
	c.session.Ring(183, c.accept(c.In.Body), nil)
}

// Answer accepts the call.
func (c *Call) Answer() {
	c.phone.t.Helper()
	c.session.Answer(c.accept(c.In.Body), nil)
}

// AnswerWith accepts the call with a description of the test's own.
func (c *Call) AnswerWith(body []byte) { c.session.Answer(body, nil) }

// Reject refuses the call.
func (c *Call) Reject(code int) { c.session.Reject(code, "", nil) }

// HangUp ends the call.
func (c *Call) HangUp() { c.session.Hangup(ua.Reason{}) }

// HangUpWith ends the call for a Q.850 cause.
func (c *Call) HangUpWith(q850 int) { c.session.Hangup(ua.Reason{Q850: q850}) }

// Offer is the phone's description, as it would be in a re-INVITE.
func (c *Call) Offer() []byte { return c.negotiation.Offer() }

// Reinvite offers another description.
func (c *Call) Reinvite(body []byte) { c.session.Reinvite(body) }

func (c *Call) accept(offer []byte) []byte {
	c.phone.t.Helper()
	c.open()
	body, agreed, err := c.negotiation.Answer(offer)
	if err == nil {
		err = c.rtp.Update(agreed)
	}
	if err != nil {
		c.phone.t.Fatalf("the phone cannot use the offer: %v\n%s", err, offer)
	}
	return body
}

// Inform sends an INFO and waits for the status of its answer.
func (c *Call) Inform(contentType, body string) int {
	var headers ua.Headers
	if contentType != "" {
		headers = ua.Headers{{Name: "Content-Type", Value: contentType}}
	}
	return c.Send("INFO", headers, body)
}

// Refer asks the far end to call somebody else, and waits for the status of the
// answer.
func (c *Call) Refer(to string) int {
	return c.Send("REFER", ua.Headers{{Name: "Refer-To", Value: to}}, "")
}

// Report tells the far end how the call is going that it asked for by REFER.
func (c *Call) Report(statusLine, state string) int {
	return c.Send("NOTIFY", ua.Headers{
		{Name: "Event", Value: "refer"}, {Name: "Subscription-State", Value: state}, {Name: "Content-Type", Value: "message/sipfrag"},
	}, statusLine)
}

// AwaitReport waits for what the far end says about a REFER of ours: the status
// line, and the state of the subscription.
func (c *Call) AwaitReport() (statusLine, state string) {
	c.phone.t.Helper()
	r := c.Await(Asked).Request
	if r.Method != "NOTIFY" {
		c.phone.t.Fatalf("%s came, want NOTIFY", r.Method)
	}
	return strings.TrimSpace(string(r.Body)), r.Headers.Get("Subscription-State")
}

// Send sends a request inside the dialog, and waits for the status of its answer.
func (c *Call) Send(method string, headers ua.Headers, body string) int {
	answered := make(chan int, 1)
	c.session.Send(method, headers, []byte(body), func(r ua.Response) { answered <- r.Code })
	return <-answered
}

// Dialog is that of the call.
func (c *Call) Dialog() ua.Dialog { return c.session.Dialog() }

// Await waits for an event and passes over those before it.
func (c *Call) Await(what What) Event {
	t := c.phone.t
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-c.events:
			if e.What == what {
				return e
			}
			if e.What == Failed || e.What == Ended {
				t.Fatalf("waiting for %s: the call %s: %+v", what, e.What, e.Cause)
			}
		case <-deadline:
			t.Fatalf("waiting for %s: nothing came", what)
		}
	}
}

// AwaitAnswer waits for the answer to a call that the phone placed, and talks
// as it says.
func (c *Call) AwaitAnswer() Event {
	t := c.phone.t
	t.Helper()
	e := c.Await(Answered)
	if c.In == nil {
		c.Follow(e.SDP)
	}
	return e
}

// Talk makes the phone send a tone, or nothing when hz is 0.
func (c *Call) Talk(hz float64) {
	if hz == 0 {
		c.tone.Store(nil)
		return
	}
	c.tone.Store(player.NewTone(media.Narrowband, 8000, hz))
}

// AwaitTone waits until the phone hears a tone.
func (c *Call) AwaitTone(hz float64) { c.awaitSound(func(s []int16) bool { return mostly(s, hz) }) }

// AwaitSound waits until the phone hears anything loud.
func (c *Call) AwaitSound() {
	c.awaitSound(func(s []int16) bool { return energy(s) > loud*window })
}

func (c *Call) awaitSound(yes func([]int16) bool) {
	t := c.phone.t
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		c.mu.Lock()
		ok := len(c.heard) == window && yes(c.heard)
		c.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the phone did not hear it")
		}
		<-time.After(media.FrameDuration)
	}
}

// loud is the energy of a sample that is no noise.
const loud = 1e5

// mostly reports whether nearly all of what is heard is one tone.
func mostly(samples []int16, hz float64) bool {
	all := energy(samples)
	return all > loud*window && dtmf.Power(samples, hz, media.Narrowband) > all*0.8
}

func energy(samples []int16) float64 {
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return sum
}

// Press sends keys as telephone events and waits until they are sent.
func (c *Call) Press(keys string) {
	t := c.phone.t
	t.Helper()
	digits, err := dtmf.ParseDigits(keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-c.rtp.SendDTMF(digits, 40*time.Millisecond, 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
}

// AwaitKeys waits for keys in this order.
func (c *Call) AwaitKeys(keys string) {
	t := c.phone.t
	t.Helper()
	for i := range len(keys) {
		select {
		case d := <-c.digits:
			if byte(d) != keys[i] {
				t.Fatalf("key %d is %v, want %c", i, d, keys[i])
			}
		case <-time.After(patience):
			t.Fatalf("key %d (%c) did not come", i, keys[i])
		}
	}
}

// FallSilent stops everything that the phone sends.
func (c *Call) FallSilent() { c.phone.clock.Detach(c) }

// Moved takes another port and describes it, as would be in a re-INVITE.
func (c *Call) Moved() []byte {
	c.phone.t.Helper()
	c.FallSilent()
	session, version := c.negotiation.Session, c.negotiation.Version
	c.rtp = nil
	c.open()
	c.negotiation.Session, c.negotiation.Version = session, version
	return c.negotiation.Offer()
}

// Follow makes the phone talk as an answer to its offer says.
func (c *Call) Follow(answer []byte) {
	t := c.phone.t
	t.Helper()
	agreed, err := c.negotiation.Agree(answer)
	if err == nil {
		err = c.rtp.Update(agreed)
	}
	if err != nil {
		t.Fatalf("the phone cannot use the answer: %v\n%s", err, answer)
	}
}
